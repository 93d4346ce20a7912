@description('Name of the vault.')
param name string

@description('Azure region.')
param location string

import { secretSettings as SecretSettings, tags as Tags } from 'types.bicep'

@description('Tags of the vault.')
param tags Tags

@description('The secret settings of the app, by their keys. Empty ones make no secret.')
param secretSettings SecretSettings

@description('Name of the app\'s identity.')
param identityName string

@description('Id that role assignments know it by.')
param principalId string

@description('Who runs the deployment and may read the secrets, the administrator\'s token among them; empty for nobody.')
param operatorPrincipalId string

@description('What the operator is.')
param operatorPrincipalType string

@description('Where it is written down who read which secret.')
param workspaceId string

var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var given = filter(items(secretSettings), setting => !empty(setting.value))

// Open to the network: the app has no network of its own to come from. Whoever comes needs a role.
resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    enablePurgeProtection: true
    enableRbacAuthorization: true
    enableSoftDelete: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    networkAcls: {
      bypass: 'None'
      defaultAction: 'Allow'
    }
    publicNetworkAccess: 'Enabled'
    sku: {
      family: 'A'
      name: 'standard'
    }
    softDeleteRetentionInDays: 90
    tenantId: tenant().tenantId
  }
}

// A secret's name has only letters, digits and hyphens: Smtp__Password is kept as Smtp--Password.
resource secrets 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = [
  for setting in given: {
    parent: vault
    name: replace(setting.key, '_', '-')
    properties: {
      value: setting.value
    }
  }
]

resource app 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, identityName, secretsUser)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
  }
}

resource operator 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorPrincipalId)) {
  scope: vault
  name: guid(vault.id, operatorPrincipalId, secretsUser)
  properties: {
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'audit'
  properties: {
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
    workspaceId: workspaceId
  }
}
