"""Vectors and labels → a theme classifier: linear, calibrated, light to use.

- `Examples`: texts and what is known about each: labels, soft labels, article, neighbours.
- `train_classifier`: examples → `Trained`: a `LinearModel` and held-out probabilities.

The classifier is softmax regression on TF-IDF rows of words and pairs of characters; least squares
where fewer than 1,000 labels are all there is. Features that keep company in the texts (labelled
or not) share what they learn: the weights are ``v + basis @ u`` with a latent semantic basis
(Deerwester et al. 1990), which folds into one weight a feature, so that the trained model stays
linear and every tag can be explained.
"""

from topics.classifying.examples import Examples
from topics.classifying.learning import Settings, Trained, train_classifier

__all__ = ["Examples", "Settings", "Trained", "train_classifier"]
