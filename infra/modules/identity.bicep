@description('Name of the identity.')
param name string

@description('Azure region.')
param location string

import { tags as Tags } from 'types.bicep'

@description('Tags of the identity.')
param tags Tags

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id.')
output id string = identity.id

@description('Id that role assignments name.')
output principalId string = identity.properties.principalId

@description('Id that the app names when it asks for a token.')
output clientId string = identity.properties.clientId
