#!/usr/bin/env bash
# Validates the PDFs of the tumour board as PDF/A-2b with veraPDF: every patient of the demonstration and the constructed ones, on A4 and
# Letter, and the board of all with its cover page. Needs Java 11 or newer and Maven, which fetches the validator into FOLDER.
# Usage: bash test/bench/peers/pdfa.sh FOLDER
set -euo pipefail

version=1.30.2
mkdir -p "${1:?usage: pdfa.sh FOLDER}"
folder=$(realpath "$1")
cd "$(dirname "$0")/../../.."
if [ ! -f "$folder/cli-$version.jar" ]; then
  mvn --quiet --batch-mode org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact="org.verapdf.apps:cli:$version" -DoutputDirectory="$folder"
fi
npm run --silent build
node --import tsx test/bench/peers/pdfa.ts "$folder"

validate() { java -jar "$folder/cli-$version.jar" --flavour 2b --format text "$@"; }
validate --version | head -1
validate -v "$folder"/pdf/*.pdf
# A validator that refuses nothing has shown nothing.
if validate "$folder/without-output-intent.pdf"; then
  echo 'a file without output intent was taken for PDF/A' >&2
  exit 1
fi
echo "all $(ls "$folder"/pdf/*.pdf | wc -l) files are PDF/A-2b; the one without output intent was refused"
