# Values of the glmnet references that glmnet itself moves when it is made to converge further.
#
# The references were made with thresh = 1e-14, which stops on the change of the coefficients: near separation, and
# where columns are nearly collinear, values are then up to 2e-4 from where thresh = 1e-24 takes them. Those that move
# by more than a third of the tolerance are listed here: kind/case/run/position -> value.
# Second part: elastic nets (alpha = 0.5), which the references lack, on the same tables.
# Usage: Rscript glmnet-tight.R <folder with glmnet_lasso and glmnet_cox> > glmnet-tight.json
# Debian 12: r-cran-glmnet 4.1-6, r-cran-survival 3.5-3, r-cran-jsonlite. No random numbers.
suppressMessages({ library(glmnet); library(survival); library(jsonlite) })
root <- commandArgs(trailingOnly = TRUE)[1]
moved <- list()
elastic <- list()
compare <- function(key, old, new) {
  scale <- if (grepl("^(coef|path)", key)) pmax(1, abs(old)) else abs(old)
  for (i in which(abs(new - old) > 3e-7 * scale)) moved[[paste0(key, "/", i - 1)]] <<- new[i]
}
for (method in c("glmnet_lasso", "glmnet_cox")) {
  cases <- fromJSON(file.path(root, method, "expected.json"))$cases
  for (name in names(cases)) {
    case <- cases[[name]]
    table <- read.csv(file.path(root, method, case$input), check.names = FALSE)
    x <- as.matrix(table[, case$column_names])
    y <- if (case$family == "cox") Surv(table$time, table$status) else table$y
    run <- function(...) suppressWarnings(cv.glmnet(x, y, family = case$family, foldid = case$foldid,
      type.measure = case$type_measure, thresh = 1e-24, maxit = 1e9, lambda.min.ratio = case$lambda_min_ratio, ...))
    a <- run()
    b <- run(lambda = case$A_default_lambda$lambda)
    for (which in c("A", "B")) {
      fit <- if (which == "A") a else b
      old <- case[[if (which == "A") "A_default_lambda" else "B_same_lambda_in_every_fold"]]
      stopifnot(length(fit$lambda) == length(old$lambda), fit$lambda.min == old$lambda_min)
      key <- function(what) paste(what, name, which, sep = "/")
      compare(key("cvm"), old$cvm, fit$cvm)
      compare(key("cvsd"), old$cvsd, fit$cvsd)
      compare(key("coef_lambda_min"), unlist(old$coef_lambda_min), as.numeric(coef(fit, s = "lambda.min")))
      compare(key("coef_lambda_1se"), unlist(old$coef_lambda_1se), as.numeric(coef(fit, s = "lambda.1se")))
      if (which == "B") next
      compare(key("dev_ratio"), old$dev_ratio, fit$glmnet.fit$dev.ratio)
      for (i in seq_along(old$path$index_1based)) {
        beta <- as.numeric(fit$glmnet.fit$beta[, old$path$index_1based[i]])
        compare(paste0(key("path"), "/", i - 1), old$path$beta[i, ], beta)
        if (case$family != "cox")
          compare(paste0(key("path_intercept"), "/", i - 1), old$path$intercept[i],
            as.numeric(fit$glmnet.fit$a0[old$path$index_1based[i]]))
      }
    }
    net <- run(alpha = 0.5)
    elastic[[name]] <- list(family = case$family, lambda = net$lambda, cvm = net$cvm, cvsd = net$cvsd,
      index_min_1based = which(net$lambda == net$lambda.min), index_1se_1based = which(net$lambda == net$lambda.1se),
      coef_lambda_min = as.numeric(coef(net, s = "lambda.min")))
  }
}
cat(toJSON(list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), glmnet = as.character(packageVersion("glmnet")),
    survival = as.character(packageVersion("survival"))),
  call = "cv.glmnet(..., thresh = 1e-24, maxit = 1e9)",
  moved = moved, elastic_net = elastic
), digits = NA, auto_unbox = TRUE), "\n")
