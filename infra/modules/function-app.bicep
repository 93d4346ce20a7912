@description('Name of the app.')
param name string

@description('Name of its plan.')
param planName string

@description('Azure region; it must have the Flex Consumption plan.')
param location string

import { alwaysReady as AlwaysReady, settings as Settings, tags as Tags } from 'types.bicep'

@description('Tags of app and plan.')
param tags Tags

@description('Resource id of the app\'s identity.')
param identityId string

@description('Client id of the app\'s identity.')
param identityClientId string

@description('Name of the storage account.')
param storageAccountName string

@description('Address of the container with the deployed package.')
param packageContainerUrl string

@description('Name of the Application Insights component.')
param applicationInsightsName string

@description('What the app is told, besides where its storage and its telemetry are.')
param settings Settings

@allowed([512, 2048, 4096])
@description('Memory of an instance in megabytes.')
param instanceMemoryMB int

@minValue(1)
@maxValue(1000)
@description('The most instances.')
param maximumInstanceCount int

@minValue(0)
@maxValue(1000)
@description('How many calls an instance takes at a time; 0 for what the platform thinks best.')
param httpConcurrency int

@description('Which instances are kept running.')
param alwaysReady AlwaysReady[]

@description('Whether instances are spread over a region\'s zones.')
param zoneRedundant bool

@description('Whether requests are taken from a Front Door alone.')
param behindFrontDoor bool

@description('The id that the Front Door names in its requests; of no use without one.')
param frontDoorId string

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    tier: 'FlexConsumption'
    name: 'FC1'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'pressroom' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        alwaysReady: alwaysReady
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        triggers: httpConcurrency == 0 ? null : { http: { perInstanceConcurrency: httpConcurrency } }
      }
    }
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    publicNetworkAccess: 'Enabled'
    serverFarmId: plan.id
    siteConfig: {
      ftpsState: 'Disabled'
      http20Enabled: true
      // Behind a Front Door, whoever comes past it is refused. Deployments do not come through it, so their own door stays open.
      ipSecurityRestrictions: !behindFrontDoor
        ? []
        : [
            {
              name: 'front-door'
              action: 'Allow'
              priority: 100
              tag: 'ServiceTag'
              ipAddress: 'AzureFrontDoor.Backend'
              headers: {
                'x-azure-fdid': [frontDoorId]
              }
            }
          ]
      ipSecurityRestrictionsDefaultAction: behindFrontDoor ? 'Deny' : 'Allow'
      minTlsVersion: '1.2'
      scmIpSecurityRestrictionsUseMain: false
      scmMinTlsVersion: '1.2'
    }
  }
}

resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource noDeploymentPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

// What stands last wins: nobody can give the app another storage or a key to it by a setting.
resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: union(
    { Site__ApiBaseUrl: 'https://${app.properties.defaultHostName}/api' },
    behindFrontDoor ? { Access__ClientAddressHeader: 'X-Azure-ClientIP' } : {}, // nobody else can have written it
    settings,
    {
      AzureWebJobsStorage__accountName: storageAccountName
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identityClientId
      APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights.properties.ConnectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    }
  )
}

@description('Name of the app.')
output name string = app.name

@description('The app\'s own host name.')
output hostName string = app.properties.defaultHostName
