#!/bin/sh
# Fetches the invoice format, runs the export, tells the office.
set -eu
export GITHUB_TOKEN={{key:github-token}}
export SLACK_BOT_TOKEN={{key:slack-bot}}

gh release download --repo harbor-labs/ubl-lite --pattern schema.zip --clobber
gh release view --repo harbor-labs/ubl-lite --json tagName | slack-cli post '#bookkeeping'
