# The talking, for any network of R: lines of JSON in, lines of JSON out. The lines: backproof spec wire.

# Every number as it can be read back: 17 digits, and names for what is no number of JSON.
number <- function(v) ifelse(is.finite(v), sprintf("%.17g", v), sprintf('"%s"', ifelse(is.nan(v), "NaN", ifelse(v > 0, "Infinity", "-Infinity"))))
list_of <- function(parts) paste0("[", paste(parts, collapse = ","), "]")
array_of <- function(v) list_of(if (is.matrix(v)) apply(v, 1, function(row) list_of(number(row))) else number(v))
layers_of <- function(params) list_of(vapply(params, function(p) sprintf('{"W":%s,"b":%s}', array_of(p$W), array_of(p$b)), ""))

vector_in <- function(given) vapply(given, as.numeric, 0)  # as.numeric reads "NaN" and "Infinity"
matrix_in <- function(given, columns) matrix(vapply(given, vector_in, numeric(columns)), ncol = columns, byrow = TRUE)

# Answers until `stop`. claims is JSON; act(asked) gives the JSON of an answer, or NULL where that is not on offer.
serve <- function(claims, act) {
  input <- file("stdin", "r")
  while (length(line <- readLines(input, 1)) > 0) {
    asked <- jsonlite::fromJSON(line, simplifyVector = FALSE)
    if (asked$do == "stop") break
    answer <- if (asked$do == "describe") claims else tryCatch(act(asked), error = identity)
    told <- if (inherits(answer, "error")) {
      sprintf('"error":{"kind":"failed","message":%s}', jsonlite::toJSON(conditionMessage(answer), auto_unbox = TRUE))
    } else if (is.null(answer)) '"error":{"kind":"unsupported","message":"not on offer"}' else paste0('"answer":', answer)
    cat(sprintf('{"id":%d,', as.integer(asked$id)), told, "}\n", sep = "")
    flush(stdout())
  }
}
