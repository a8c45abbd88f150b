# Times cv.glmnet (Cox, 10 folds, default thresh) on a table of the benchmark and prints its solution as JSON.
# Usage: Rscript glmnet-cox.R <table.csv>
suppressMessages({ library(glmnet); library(survival); library(jsonlite) })
table <- read.csv(commandArgs(trailingOnly = TRUE)[1])
x <- as.matrix(table[, -(1:2)])
y <- Surv(table$time, table$status)
foldid <- (seq_len(nrow(x)) - 1) %% 10 + 1
used <- system.time(fit <- cv.glmnet(x, y, family = "cox", foldid = foldid))
cat(toJSON(list(
  program = paste("glmnet", packageVersion("glmnet")), seconds = used[["elapsed"]],
  processor = used[["user.self"]] + used[["sys.self"]], lambda = fit$lambda.min, intercept = 0,
  coefficients = as.numeric(coef(fit, s = "lambda.min"))
), digits = NA, auto_unbox = TRUE), "\n")
