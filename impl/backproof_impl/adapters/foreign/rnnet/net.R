# R's nnet behind the wire. One hidden layer, or none; trained by BFGS, whose first step goes along the gradient.

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(here, "wire.R"))

# nnet's weights: unit after unit of the next layer, the bias first.
flat <- function(params) unlist(lapply(params, function(p) rbind(vector_in(p$b), matrix_in(p$W, length(p$b)))))
layers <- function(wts, sizes) lapply(seq_len(length(sizes) - 1), function(l) {
  before <- sum((sizes + 1)[seq_len(l - 1)] * sizes[-1][seq_len(l - 1)])
  one <- matrix(wts[before + seq_len((sizes[l] + 1) * sizes[l + 1])], ncol = sizes[l + 1])
  list(W = one[-1, , drop = FALSE], b = one[1, ])
})

# The network with these weights, or its own, after so many iterations.
net <- function(asked, x, t, maxit, ...) {
  sizes <- unlist(asked$net$sizes)
  output <- asked$net$activations[[length(sizes) - 1]]$name
  decay <- asked$net$penalty$l2
  nnet::nnet(x, t, size = if (length(sizes) > 2) sizes[2] else 0, skip = length(sizes) == 2, maxit = maxit, trace = FALSE,
    linout = output == "identity", softmax = output == "softmax", entropy = asked$net$loss$name == "binary_cross_entropy",
    decay = if (is.null(decay)) 0 else decay / 2, MaxNWts = 1e6, ...)
}

act <- function(asked) {
  sizes <- unlist(asked$net$sizes)
  rows <- function(name, d) if (is.null(asked[[name]])) matrix(0, 1, d) else matrix_in(asked[[name]], d)
  x <- rows("x", sizes[1])
  t <- rows("t", sizes[length(sizes)])
  if (!is.null(asked$seed)) set.seed(asked$seed)
  switch(asked$do,
    forward = array_of(predict(net(asked, x[1, , drop = FALSE], t, 0, Wts = flat(asked$params)), x)),
    loss = number(net(asked, x, t, 0, Wts = flat(asked$params))$value),
    step = layers_of(layers(net(asked, x, t, 1, Wts = flat(asked$params))$wts, sizes)),
    initial = layers_of(layers(net(asked, x, t, 0)$wts, sizes)),
    fit = {
      done <- net(asked, x, t, asked$epochs)
      sprintf('{"output":%s,"params":%s}', array_of(predict(done, rows("query", sizes[1]))), layers_of(layers(done$wts, sizes)))
    })
}
serve(paste(readLines(file.path(here, "claims.json")), collapse = ""), act)
