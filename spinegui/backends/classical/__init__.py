"""The embedded model: classical image analysis and logistic regression, no ML framework."""
