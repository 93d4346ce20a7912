@description('Name of the profile.')
param profileName string

@description('Name of the endpoint; it becomes part of its address.')
param endpointName string

import { tags as Tags } from 'types.bicep'

@description('Tags of profile and endpoint.')
param tags Tags

resource profile 'Microsoft.Cdn/profiles@2024-09-01' = {
  name: profileName
  location: 'global'
  tags: tags
  sku: {
    name: 'Standard_AzureFrontDoor'
  }
}

resource endpoint 'Microsoft.Cdn/profiles/afdEndpoints@2024-09-01' = {
  parent: profile
  name: endpointName
  location: 'global'
  tags: tags
  properties: {
    enabledState: 'Enabled'
  }
}

@description('Host name of the endpoint.')
output hostName string = endpoint.properties.hostName

@description('The id in the x-azure-fdid header of all requests that it passes on.')
output frontDoorId string = profile.properties.frontDoorId
