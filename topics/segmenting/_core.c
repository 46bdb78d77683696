/* jieba 0.42.1's segmentation, compiled: the same steps on the same doubles, so the same tokens.

   A table holds the dictionary, as a trie whose nodes lie in one hash table, and the hidden Markov
   model's probabilities. It is made when the package is built (hatch_build.py) and read as it is.

   Sources: jieba/__init__.py (get_DAG, calc, __cut_DAG, cut), jieba/finalseg/__init__.py (viterbi,
   __cut, cut) of https://github.com/fxsjy/jieba, release 0.42.1, MIT licence. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HAN_FIRST 0x4E00u
#define HAN_LAST 0x9FD5u
#define HANS (HAN_LAST - HAN_FIRST + 1)
#define SLOTS (1u << 20)
#define MOST (SLOTS / 10 * 9) /* fuller, and looking for what is not there takes long */
#define WEIGHTS (1u << 16)
#define PAIRS (1u << 21)
#define LETTERS (1u << 16)
#define ROOT SLOTS /* no node has this number */
#define NONE UINT32_MAX

/* A node of the trie: its parent's number plus 1, its letter, and which weight it has, in 21, 16
   and 16 bits; 0 where there is none. Its number is that of its slot, so parents never move. */
typedef uint64_t Node;

typedef struct {
    uint32_t magic;
    uint32_t nodes_used;
    uint32_t weights_used;
    uint32_t spare; /* so that what follows stands at a multiple of eight */
    double start[4];      /* of the states B, E, M, S: in this order ties are decided */
    double change[4][4];  /* from, to */
    double emit[HANS][4]; /* character, state */
    double weights[WEIGHTS]; /* ln of the frequencies that there are; 0: of what only begins words */
    uint64_t pairs[PAIRS / 64]; /* a bit for the first two letters of each word */
    Node nodes[SLOTS];
} Table;

#define MAGIC 0x32304A54u /* other bytes on a machine of another byte order */

typedef struct {
    const Table *table;
    double log_total;
    double *best;      /* of each place: the weight of the best path from it to the block's end */
    uint32_t *next;    /* where that path's first token ends */
    uint32_t *node;    /* of that token, if it is a word */
    unsigned char *came; /* the state before each state, four a place */
    uint32_t *lengths; /* of the tokens found so far */
    uint32_t *words;   /* their nodes, where they are words of two letters and more */
    size_t count;
} Work;

static inline uint64_t key_of(uint32_t parent, uint32_t letter) {
    return (uint64_t)(parent + 1) << 16 | letter;
}

static inline uint32_t place_of(uint64_t key) {
    return (uint32_t)(key * 0x9E3779B97F4A7C15ull >> 44) & (SLOTS - 1);
}

static inline uint32_t child(const Table *table, uint32_t parent, uint32_t letter) {
    uint64_t key = key_of(parent, letter);
    for (uint32_t at = place_of(key);; at = (at + 1) & (SLOTS - 1)) {
        Node node = table->nodes[at];
        if (node >> 16 == key) return at;
        if (!node) return NONE;
    }
}

static inline uint32_t pair_of(uint32_t first, uint32_t second) {
    return (first * 0x9E3779B1u + second * 0x85EBCA77u) >> 11;
}

static inline int may_begin(const Table *table, uint32_t first, uint32_t second) {
    uint32_t pair = pair_of(first, second);
    return table->pairs[pair / 64] >> pair % 64 & 1;
}

static inline uint32_t weight_of(const Table *table, uint32_t node) {
    return (uint32_t)(table->nodes[node] & (WEIGHTS - 1));
}

static int has_word(const Table *table, const Py_UCS4 *text, size_t size) {
    uint32_t node = ROOT;
    for (size_t i = 0; i < size; i++)
        if (text[i] >= LETTERS || (node = child(table, node, text[i])) == NONE) return 0;
    return size > 0 && weight_of(table, node);
}

static inline int is_han(Py_UCS4 c) { return c - HAN_FIRST < HANS; }
static inline int is_digit(Py_UCS4 c) { return c - '0' < 10; }
static inline int is_alnum(Py_UCS4 c) { return is_digit(c) || (c | 32) - 'a' < 26; }
static inline int in_block(Py_UCS4 c) {
    return is_han(c) ||
           (c < 128 && (is_alnum(c) || c == '+' || c == '#' || c == '&' || c == '.' || c == '_' ||
                        c == '%' || c == '-'));
}

static inline void word(Work *work, size_t length, uint32_t node) {
    work->lengths[work->count] = (uint32_t)length;
    work->words[work->count++] = node;
}

static inline void token(Work *work, size_t length) { word(work, length, NONE); }

/* A run of Han characters by the hidden Markov model alone. */
static void cut_by_model(Work *work, const Py_UCS4 *text, size_t size) {
    enum { B, E, M, S };
    static const unsigned char before[4][2] = {{E, S}, {B, M}, {B, M}, {E, S}};
    const Table *table = work->table;
    double now[4], last[4];
    for (int state = 0; state < 4; state++)
        now[state] = table->start[state] + table->emit[text[0] - HAN_FIRST][state];
    for (size_t i = 1; i < size; i++) {
        memcpy(last, now, sizeof last);
        const double *emit = table->emit[text[i] - HAN_FIRST];
        for (int state = 0; state < 4; state++) {
            int first = before[state][0], second = before[state][1];
            double a = last[first] + table->change[first][state] + emit[state];
            double b = last[second] + table->change[second][state] + emit[state];
            int later = b >= a; /* of equals, the later letter */
            now[state] = later ? b : a;
            work->came[4 * i + state] = (unsigned char)(later ? second : first);
        }
    }
    int state = now[S] >= now[E] ? S : E;
    size_t end = size, from = work->count;
    for (size_t i = size; i-- > 0;) { /* from the end: a token starts at B or S */
        if (state == B || state == S) {
            token(work, end - i);
            end = i;
        }
        if (i) state = work->came[4 * i + state];
    }
    if (end) token(work, end);
    for (size_t to = work->count; from + 1 < to; from++) {
        uint32_t swapped = work->lengths[--to];
        work->lengths[to] = work->lengths[from];
        work->lengths[from] = swapped;
    }
}

/* A run of characters of no word: Han by the model, numbers and Latin words by their pattern. */
static void cut_unknown(Work *work, const Py_UCS4 *text, size_t size) {
    for (size_t i = 0; i < size;) {
        size_t end = i + 1;
        if (is_han(text[i])) {
            while (end < size && is_han(text[end])) end++;
            cut_by_model(work, text + i, end - i);
        } else if (is_alnum(text[i])) {
            while (end < size && is_alnum(text[end])) end++;
            if (end + 1 < size && text[end] == '.' && is_digit(text[end + 1]))
                for (end += 2; end < size && is_digit(text[end]);) end++;
            if (end < size && text[end] == '%') end++;
            token(work, end - i);
        } else {
            while (end < size && !is_han(text[end]) && !is_alnum(text[end])) end++;
            token(work, end - i);
        }
        i = end;
    }
}

/* Characters that the best path leaves single. */
static void cut_singles(Work *work, const Py_UCS4 *text, size_t size) {
    if (size > 1 && !has_word(work->table, text, size)) {
        cut_unknown(work, text, size);
        return;
    }
    for (size_t i = 0; i < size; i++) token(work, 1);
}

static void cut_block(Work *work, const Py_UCS4 *text, size_t size) {
    const Table *table = work->table;
    double *best = work->best;
    best[size] = 0;
    for (size_t i = size; i-- > 0;) {
        double found = -INFINITY;
        uint32_t next = 0, last = NONE, node = child(table, ROOT, text[i]);
        size_t end = i;
        while (node != NONE) {
            end++;
            uint32_t number = weight_of(table, node);
            if (number) {
                double weight = table->weights[number] - work->log_total + best[end];
                if (weight >= found) { /* of equals, the longer */
                    found = weight;
                    next = (uint32_t)end;
                    last = node;
                }
            }
            if (end == size || (end == i + 1 && !may_begin(table, text[i], text[end]))) break;
            node = child(table, node, text[end]);
        }
        if (!next) { /* ln 1 */
            found = 0.0 - work->log_total + best[i + 1];
            next = (uint32_t)i + 1;
        }
        best[i] = found;
        work->next[i] = next;
        work->node[i] = last;
    }
    size_t single = 0, i = 0;
    for (; i < size; i = work->next[i]) {
        if (work->next[i] - i == 1) continue;
        if (single < i) cut_singles(work, text + single, i - single);
        word(work, work->next[i] - i, work->node[i]);
        single = work->next[i];
    }
    if (single < size) cut_singles(work, text + single, size - single);
}

static void cut_text(Work *work, const Py_UCS4 *text, size_t size) {
    for (size_t i = 0; i < size;) {
        size_t end = i;
        while (end < size && in_block(text[end])) end++;
        if (end > i) {
            cut_block(work, text + i, end - i);
        } else {
            end = i + 1 + (text[i] == '\r' && i + 1 < size && text[i + 1] == '\n');
            token(work, end - i);
        }
        i = end;
    }
}

/* What follows is Python's side: texts come in, and lists or lengths go out. */

static const Table *table_of(Py_buffer *buffer) {
    const Table *table = buffer->buf;
    if (buffer->len == (Py_ssize_t)sizeof(Table) && table->magic == MAGIC) return table;
    PyErr_SetString(PyExc_ValueError, "this is no table of the compiled segmenter");
    return NULL;
}

typedef struct {
    Work work;
    Py_UCS4 *letters; /* of all texts, one after the other */
    size_t *sizes;    /* of each text in letters */
    size_t *counts;   /* of each text in tokens */
} Cut;

static void forget(Cut *cut) {
    PyMem_Free(cut->work.best);
    PyMem_Free(cut->work.next);
    PyMem_Free(cut->work.node);
    PyMem_Free(cut->work.came);
    PyMem_Free(cut->work.lengths);
    PyMem_Free(cut->work.words);
    PyMem_Free(cut->letters);
    PyMem_Free(cut->sizes);
    PyMem_Free(cut->counts);
}

static void *room(size_t count, size_t size) {
    return count < PY_SSIZE_T_MAX / size ? PyMem_Malloc(count * size + 1) : NULL;
}

/* Cut the list `texts`; on success the caller forgets `cut`. */
static int cut_list(PyObject *table, double log_total, PyObject *texts, Cut *cut) {
    Py_buffer buffer;
    memset(cut, 0, sizeof *cut);
    if (PyObject_GetBuffer(table, &buffer, PyBUF_SIMPLE)) return 0;
    size_t many = (size_t)PyList_Size(texts), all = 0, longest = 0, at = 0;
    if (!(cut->work.table = table_of(&buffer))) goto failed;
    if (!(cut->sizes = room(many, sizeof(size_t)))) goto no_memory;
    for (size_t n = 0; n < many; n++) {
        Py_ssize_t size = PyUnicode_GetLength(PyList_GetItem(texts, (Py_ssize_t)n));
        if (size < 0) goto failed;
        cut->sizes[n] = (size_t)size;
        all += (size_t)size;
        if ((size_t)size > longest) longest = (size_t)size;
    }
    if (longest > INT32_MAX) {
        PyErr_SetString(PyExc_OverflowError, "a text has more than 2,147,483,647 characters");
        goto failed;
    }
    cut->work.log_total = log_total;
    cut->counts = room(many, sizeof(size_t));
    cut->letters = room(all + 1, sizeof(Py_UCS4));
    cut->work.lengths = room(all, sizeof(uint32_t));
    cut->work.words = room(all, sizeof(uint32_t));
    cut->work.best = room(longest + 1, sizeof(double));
    cut->work.next = room(longest, sizeof(uint32_t));
    cut->work.node = room(longest, sizeof(uint32_t));
    cut->work.came = room(longest, 4);
    if (!cut->counts || !cut->letters || !cut->work.lengths || !cut->work.words ||
        !cut->work.best || !cut->work.next || !cut->work.node || !cut->work.came)
        goto no_memory;
    for (size_t n = 0; n < many; n++) {
        PyObject *text = PyList_GetItem(texts, (Py_ssize_t)n);
        /* The list may have been changed by another thread, never by us. */
        if (PyUnicode_GetLength(text) != (Py_ssize_t)cut->sizes[n]) {
            if (!PyErr_Occurred()) PyErr_SetString(PyExc_RuntimeError, "the texts have changed");
            goto failed;
        }
        if (!PyUnicode_AsUCS4(text, cut->letters + at, (Py_ssize_t)(all - at + 1), 0)) goto failed;
        at += cut->sizes[n];
    }
    Py_BEGIN_ALLOW_THREADS
    const Py_UCS4 *letters = cut->letters;
    for (size_t n = 0; n < many; n++) {
        size_t before = cut->work.count;
        cut_text(&cut->work, letters, cut->sizes[n]);
        cut->counts[n] = cut->work.count - before;
        letters += cut->sizes[n];
    }
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&buffer);
    return 1;
no_memory:
    PyErr_NoMemory();
failed:
    PyBuffer_Release(&buffer);
    forget(cut);
    return 0;
}

/* Tokens that were met before, by their node, or by their letter behind all nodes. */
#define KEPT ((size_t)SLOTS + LETTERS)
#define KEPT_NAME "topics.segmenting._core.kept"

static void drop_kept(PyObject *capsule) {
    PyObject **kept = PyCapsule_GetPointer(capsule, KEPT_NAME);
    for (size_t n = 0; kept && n < KEPT; n++) Py_XDECREF(kept[n]);
    free(kept);
}

static PyObject *keep(PyObject *self, PyObject *none) {
    (void)self, (void)none;
    PyObject **kept = calloc(KEPT, sizeof *kept); /* pages that are never touched cost nothing */
    if (!kept) return PyErr_NoMemory();
    PyObject *capsule = PyCapsule_New(kept, KEPT_NAME, drop_kept);
    if (!capsule) free(kept);
    return capsule;
}

/* Return the token of `text` at `start`, the one in `kept` if it has been there before: strings
   that are made once are compared, hashed and held once. */
static PyObject *token_at(PyObject *text, Py_ssize_t start, Py_ssize_t length, Py_UCS4 letter,
                          uint32_t node, PyObject **kept) {
    size_t place = length > 1 ? node : letter < LETTERS ? SLOTS + letter : NONE;
    if (place == NONE) return PyUnicode_Substring(text, start, start + length);
    if (!kept[place]) kept[place] = PyUnicode_Substring(text, start, start + length);
    return Py_XNewRef(kept[place]);
}

static PyObject *cut_each(PyObject *self, PyObject *args) {
    PyObject *table, *texts, *capsule, *groups;
    double log_total;
    Cut cut;
    (void)self;
    if (!PyArg_ParseTuple(args, "OdO!O", &table, &log_total, &PyList_Type, &texts, &capsule))
        return NULL;
    PyObject **kept = PyCapsule_GetPointer(capsule, KEPT_NAME);
    if (!kept) return NULL;
    Py_ssize_t many = PyList_Size(texts);
    if (!cut_list(table, log_total, texts, &cut)) return NULL;
    const Py_UCS4 *letters = cut.letters;
    size_t at = 0;
    groups = PyList_New(many);
    for (Py_ssize_t n = 0; groups && n < many; n++) {
        PyObject *text = PyList_GetItem(texts, n), *tokens = PyList_New((Py_ssize_t)cut.counts[n]);
        Py_ssize_t start = 0;
        for (size_t i = 0; tokens && i < cut.counts[n]; i++, at++) {
            Py_ssize_t length = cut.work.lengths[at];
            PyObject *token =
                token_at(text, start, length, letters[start], cut.work.words[at], kept);
            if (!token || PyList_SetItem(tokens, (Py_ssize_t)i, token)) Py_CLEAR(tokens);
            start += length;
        }
        letters += cut.sizes[n];
        if (!tokens || PyList_SetItem(groups, n, tokens)) Py_CLEAR(groups);
    }
    forget(&cut);
    return groups;
}

static PyObject *measure_each(PyObject *self, PyObject *args) {
    PyObject *table, *texts;
    double log_total;
    Cut cut;
    (void)self;
    if (!PyArg_ParseTuple(args, "OdO!", &table, &log_total, &PyList_Type, &texts)) return NULL;
    if (!cut_list(table, log_total, texts, &cut)) return NULL;
    PyObject *lengths = PyBytes_FromStringAndSize(
        (const char *)cut.work.lengths, (Py_ssize_t)(cut.work.count * sizeof(uint32_t)));
    forget(&cut);
    return lengths;
}

/* Read a table and a word; the buffer is to be released if that went well. */
static Py_ssize_t word_of(PyObject *table, PyObject *word, int how, Py_buffer *buffer,
                          Py_UCS4 letters[static 256]) {
    Py_ssize_t size = PyUnicode_GetLength(word);
    if (size < 0) return -1;
    if (size > 255) {
        PyErr_SetString(PyExc_ValueError, "a word has more than 255 characters");
        return -1;
    }
    if (!PyUnicode_AsUCS4(word, letters, 256, 1)) return -1;
    if (PyObject_GetBuffer(table, buffer, how)) return -1;
    if (table_of(buffer)) return size;
    PyBuffer_Release(buffer);
    return -1;
}

static PyObject *has(PyObject *self, PyObject *args) {
    PyObject *table, *word;
    Py_buffer buffer;
    Py_UCS4 letters[256];
    (void)self;
    if (!PyArg_ParseTuple(args, "OU", &table, &word)) return NULL;
    if (PyUnicode_GetLength(word) > 255) Py_RETURN_FALSE;
    Py_ssize_t size = word_of(table, word, PyBUF_SIMPLE, &buffer, letters);
    if (size < 0) return NULL;
    int found = has_word(buffer.buf, letters, (size_t)size);
    PyBuffer_Release(&buffer);
    return PyBool_FromLong(found);
}

/* Return the number of a weight, a new one at need; 0 if there is no room. */
static uint32_t number_of(Table *table, double weight) {
    for (uint32_t n = table->weights_used; n > 0; n--) /* the latest are asked for again */
        if (table->weights[n] == weight) return n;
    if (table->weights_used == WEIGHTS - 1) return 0;
    table->weights[++table->weights_used] = weight;
    return table->weights_used;
}

static int put_word(Table *table, const Py_UCS4 *letters, size_t size, double weight) {
    uint32_t node = ROOT, number = number_of(table, weight);
    for (size_t i = 0; number && i < size; i++) {
        uint32_t parent = node;
        if ((node = child(table, parent, letters[i])) != NONE) continue;
        if (table->nodes_used >= MOST) return 0;
        node = place_of(key_of(parent, letters[i]));
        while (table->nodes[node]) node = (node + 1) & (SLOTS - 1);
        table->nodes[node] = key_of(parent, letters[i]) << 16;
        table->nodes_used++;
    }
    if (size > 1) {
        uint32_t pair = pair_of(letters[0], letters[1]);
        table->pairs[pair / 64] |= 1ull << pair % 64;
    }
    if (number && size) table->nodes[node] = (table->nodes[node] & ~(Node)(WEIGHTS - 1)) | number;
    return number != 0;
}

static PyObject *put(PyObject *self, PyObject *args) {
    PyObject *table, *word;
    double weight;
    Py_buffer buffer;
    Py_UCS4 letters[256];
    (void)self;
    if (!PyArg_ParseTuple(args, "OUd", &table, &word, &weight)) return NULL;
    Py_ssize_t size = word_of(table, word, PyBUF_WRITABLE, &buffer, letters);
    if (size < 0) return NULL;
    int done = 1;
    for (Py_ssize_t i = 0; i < size; i++) done &= letters[i] < LETTERS;
    if (!done)
        PyErr_SetString(PyExc_ValueError, "a letter of a word is beyond the basic plane");
    else if (!(done = put_word(buffer.buf, letters, (size_t)size, weight)))
        PyErr_SetString(PyExc_OverflowError, "the dictionary is full");
    PyBuffer_Release(&buffer);
    if (!done) return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"cut_each", cut_each, METH_VARARGS,
     "cut_each(table, log_total, texts: list[str], kept) -> list[list[str]]: the tokens of each."},
    {"keep", keep, METH_NOARGS, "keep() -> a place for tokens that are met again, for `cut_each`."},
    {"measure_each", measure_each, METH_VARARGS,
     "measure_each(table, log_total, texts: list[str]) -> bytes: the lengths of all tokens, uint32."},
    {"has_word", has, METH_VARARGS, "has_word(table, word) -> bool: whether the table has it."},
    {"put", put, METH_VARARGS, "put(table, word, weight): put a word in; ln of its frequency."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_core", "jieba's segmentation, compiled.", 0, methods, 0, 0, 0, 0};

PyMODINIT_FUNC PyInit__core(void) {
    PyObject *made = PyModule_Create(&module);
    if (made && (PyModule_AddIntConstant(made, "SIZE", sizeof(Table)) ||
                 PyModule_AddIntConstant(made, "MAGIC", MAGIC)))
        Py_CLEAR(made);
    return made;
}
