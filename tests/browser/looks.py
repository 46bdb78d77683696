"""What the eye would find wrong, as scripts to run in a page."""

from __future__ import annotations

CONTRAST = """
(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = (css, under) => {
    canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = css; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const css = (c) => `rgb(${c.join(',')})`;
  const ground = (e) => {
    const chain = [];
    for (; e; e = e.parentElement) chain.unshift(getComputedStyle(e).backgroundColor);
    return chain.reduce((under, one) => css(rgb(one, under)), 'white');
  };
  const linear = (v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = (c) => c.map((v) => linear(v / 255))
    .reduce((sum, v, n) => sum + v * [.2126, .7152, .0722][n], 0);
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !e.checkVisibility()) continue;
    if (e.closest('script,noscript')) continue;
    const style = getComputedStyle(e), under = ground(e);
    const ink = e.closest('svg') ? style.fill : style.color;
    const [a, b] = [light(rgb(ink, under)), light(rgb(under, 'white'))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    const size = parseFloat(style.fontSize);
    if (ratio < (size >= 24 ? 3 : 4.5)) {
      bad.push([walker.currentNode.data.slice(0, 20), ratio.toFixed(2), ink, under]);
    }
  }
  return bad.slice(0, 5);
})()
"""


SETTLED = """
document.fonts.ready.then(() => new Promise(
  (done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1)))))
"""
BOXES = """
(() => {
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, e = text.parentElement;
    if (!e.checkVisibility({visibilityProperty: true}) || e.closest('script,svg')) continue;
    const at = text.data.search(/[\\u4e00-\\u9fff]/);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(text, at); range.setEnd(text, at + 1);
    const wide = range.getBoundingClientRect().width;
    const size = parseFloat(getComputedStyle(e).fontSize);
    if (wide && Math.abs(wide - size) > size / 10) bad.push([text.data.slice(0, 20), wide, size]);
  }
  return bad.slice(0, 5);
})()
"""
