@description('Name of the account.')
param name string

@description('Azure region.')
param location string

import { tags as Tags } from 'types.bicep'

@description('Tags of the account.')
param tags Tags

@description('How the account keeps copies.')
param sku string

@minValue(1)
@maxValue(365)
@description('For how many days a deleted or overwritten blob can be brought back.')
param softDeleteDays int

@description('Name of the app\'s identity.')
param identityName string

@description('Id that role assignments know it by.')
param principalId string

var roles = {
  // The Functions host writes its leases and keys, and reads the package it runs; it asks for Owner of the whole account.
  blobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  // Queues and tables are made by the app when something is first put in them, so the roles cannot be given queue by queue.
  queueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  tableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

// Open to the network because readers fetch the static website from it. Everything else it holds takes a token of Entra ID:
// there are no keys, and no container can be made public.
resource account 'Microsoft.Storage/storageAccounts@2025-08-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: sku
  }
  kind: 'StorageV2'
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    networkAcls: {
      bypass: 'None'
      defaultAction: 'Allow'
    }
    publicNetworkAccess: 'Enabled'
    supportsHttpsTrafficOnly: true
  }
}

// The static website is a property of the service since this version of the API. Before, it could only be set with a data-plane
// call: by a deployment script, which needs an account with keys of its own, or by whoever deploys, who would need a data role.
resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-08-01' = {
  parent: account
  name: 'default'
  properties: {
    containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays }
    deleteRetentionPolicy: { enabled: true, days: softDeleteDays }
    staticWebsite: {
      enabled: true
      indexDocument: 'index.html'
      errorDocument404Path: '404.html'
    }
  }
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = {
  parent: blobs
  name: 'app-package'
  properties: {
    publicAccess: 'None'
  }
}

// For the files of a theme; the app reads it, and whoever makes the theme can be given a role on it alone.
resource theme 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = {
  parent: blobs
  name: 'theme'
  properties: {
    publicAccess: 'None'
  }
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in items(roles): {
    scope: account
    name: guid(account.id, identityName, role.value)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value)
    }
  }
]

@description('Resource id.')
output id string = account.id

@description('Address of the container that the app is deployed to.')
output packageContainerUrl string = '${account.properties.primaryEndpoints.blob}${packages.name}'

@description('Address of the static website, with a slash at its end.')
output websiteUrl string = account.properties.primaryEndpoints.web
