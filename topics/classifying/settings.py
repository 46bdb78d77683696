"""The tuned numbers of the classifier, each with its measurement."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The tuned numbers of the classifier.

    Measured by cross-validation over four parts of 5,550 labelled newspaper paragraphs, parted by
    article, the packaged sample always learned from; macro-F1 over the five classes, one
    paragraph at a time. scripts/benchmark_themes.py repeats it.
    """

    penalty: float = 1e-4
    """Of the squared weights against the mean cross-entropy, at 1,000 labelled texts; it falls
    with the root of their number. With 5,550: 1e-5 0.735, 3e-5 0.742, 1e-4 0.734, 2e-4 0.729."""
    balance: float = 0.7
    """Exponent on 1 / class frequency in the weights of labelled texts: 0 gave 0.663, 0.3 0.710,
    0.5 0.722, 0.7 0.734, 1 0.740 – but with context 1 gave 0.768 and 0.7 0.779. Soft
    labels count so too where a text may belong to no theme: rare ones would not be learned else."""
    smoothing: float = 0.1
    """Share of each hard label that is spread over all classes; with context 0.779, 0: 0.776."""
    soft_weight: float = 0.3
    """How much a text with soft labels alone counts beside a labelled one."""
    basis_size: int = 100
    """Latent dimensions that features share; 0: none. With 190 labelled texts the basis lifts
    0.265 to 0.539, with 671 0.542 to 0.668, with 1,679 0.667 to 0.710, with 5,550 nothing."""
    basis_texts: int = 12_000
    """Most texts that the basis is learned from."""
    basis_scale: float = 1.25
    """How cheap it is to learn by the basis, at 1,000 labelled texts; it falls with the root of
    their number: 2 was best with 190, 1.5 to 2 with 671, 1 with 1,679."""
    basis_until: int = 4_000
    """From so many labelled texts on no basis is needed."""
    squares_until: int = 1_000
    """Below so many labels, with no softly labelled texts beside: least squares in place of softmax
    regression; docs/other_themes.md."""
    ridge: float = 1e4
    """Times the penalty: that of least squares, beside a sum; 0.3, 1 and 3 are nearly as good."""
    contrast: float = 0.5
    """Exponent on the contrast of features (see `contrast`) where no basis is needed; 0: none.
    Newspapers by article: macro-F1 0.751 and accuracy 0.867 at 0, 0.767 and 0.871 at 0.5; ten
    writers of the sample left out one by one: accuracy 0.895 and 0.896. Short texts with more
    features take 1."""
    rich_from: int = 2_000
    """From so many taught texts on, short ones have more features, see `topics.enriching`.
    Accuracy on 6,000 held-out THUCNews headlines after 27,590: 0.909, without them 0.871."""
    margins: float = 2.0
    """Penalty, times that of softmax regression, of the support vectors that have half a say for
    short texts with more features; 0: none have. On each of six held-out parts of the THUCNews
    train headlines 2 was better than none; docs/other_themes.md."""
    shift: float = 0.3
    """How far the bias follows the mix of labels: 0 gave macro-F1 0.779 and accuracy 0.837, 0.3
    0.785 and 0.843, 1 0.772 and 0.841 (with context; calibrated on other articles)."""
