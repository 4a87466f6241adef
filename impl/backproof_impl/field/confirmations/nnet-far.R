# R's nnet 7.3-18: its logistic is 0 below -15 and 1 above 15; its manual does not say so.
y <- function(z) predict(nnet::nnet(matrix(1), matrix(0), size = 0, skip = TRUE, Wts = c(0, z), maxit = 0, trace = FALSE), matrix(1))
cat(sprintf("at -15.5 the logistic is %g, should be %g; at 15.5 it is 1 - %g, should be 1 - %g\n",
  y(-15.5), plogis(-15.5), 1 - y(15.5), plogis(-15.5)))
quit(status = if (y(-15.5) == 0 && y(15.5) == 1) 0 else 1)
