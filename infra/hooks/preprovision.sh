#!/bin/sh
# Before azd provisions: gives the environment what must be made once and stay the same at every later deployment.
# The token and the key come from the vault where there is one already (another machine made it), else they are random.
set -eu

kept() { # name: whether the environment has it
  value=$(azd env get-value "$1" 2>/dev/null) && [ -n "$value" ]
}

vault=$(az keyvault list --resource-group "rg-$AZURE_ENV_NAME" --query '[0].name' --output tsv 2>/dev/null || true)

secret() { # name in the environment, name in the vault
  kept "$1" && return
  if [ -n "$vault" ]; then
    value=$(az keyvault secret show --vault-name "$vault" --name "$2" --query value --output tsv)
  else
    value=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
  fi
  azd env set "$1" "$value"
}

secret PRESSROOM_ADMIN_TOKEN Pressroom--AdminToken
secret PRESSROOM_SIGNING_KEY Pressroom--SigningKey
kept BUDGET_START || azd env set BUDGET_START "$(date -u +%Y-%m-01)"
