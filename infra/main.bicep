targetScope = 'subscription'

import { alwaysReady as AlwaysReady, secretSettings as SecretSettings, settings as Settings } from 'modules/types.bicep'

@minLength(1)
@maxLength(64)
@description('Name of the environment (azd); the resource group is rg-<name>.')
param environmentName string

@minLength(1)
@description('Azure region; it must have the Flex Consumption plan (az functionapp list-flexconsumption-locations).')
param location string

@description('Who runs the deployment; may read the vault\'s secrets. azd gives it. Empty for nobody.')
param operatorPrincipalId string = ''

@allowed(['User', 'Group', 'ServicePrincipal'])
@description('What that is: User, or ServicePrincipal in a pipeline.')
param operatorPrincipalType string = 'User'

// The publication

@minLength(32)
@secure()
@description('The administrator\'s token, 32 characters or more (Pressroom__AdminToken).')
param adminToken string

@minLength(32)
@secure()
@description('Signs the links in mails, 32 characters or more (Pressroom__SigningKey). Another one makes all links that are out invalid.')
param signingKey string

@description('Whether a first start publishes the welcome article (Pressroom__Welcome).')
param welcome bool = true

@description('The public address (Site__BaseUrl). Empty for the custom domain, else the Front Door\'s address, else the static website\'s.')
param siteBaseUrl string = ''

@description('Where pages send forms (Site__ApiBaseUrl). Empty for <public address>/api behind a Front Door, else the function app\'s address.')
param siteApiBaseUrl string = ''

@description('Site__Title')
param siteTitle string = 'Pressroom'

@description('Site__Language: a tag of RFC 5646')
param siteLanguage string = 'en'

@description('Site__TimeZone: a name of the IANA database')
param siteTimeZone string = 'UTC'

// Mail

@description('Mail__From; needed with SendGrid and SMTP')
param mailFrom string = ''

@description('Mail__FromName; the title, if empty')
param mailFromName string = ''

@description('Mail__Moderators: addresses, separated by commas')
param mailModerators string = ''

@description('Mail__PostalAddress')
param mailPostalAddress string = ''

@secure()
@description('SendGrid__ApiKey')
param sendGridApiKey string = ''

@description('SendGrid__EventWebhookPublicKey')
param sendGridEventWebhookPublicKey string = ''

@description('Smtp__Host')
param smtpHost string = ''

@minValue(1)
@maxValue(65535)
@description('Smtp__Port')
param smtpPort int = 587

@description('Smtp__Username')
param smtpUsername string = ''

@secure()
@description('Smtp__Password')
param smtpPassword string = ''

@allowed(['none', 'daily', 'weekly'])
@description('Newsletter__Digest')
param newsletterDigest string = 'none'

@minValue(0)
@maxValue(23)
@description('Newsletter__Hour')
param newsletterHour int = 7

// Comments

@allowed(['all', 'first', 'none'])
@description('Comments__Moderation')
param commentsModeration string = 'all'

@minValue(0)
@description('Comments__CloseAfterDays; 0 for never')
param commentsCloseAfterDays int = 0

@description('Comments__Words: words that hold a comment, separated by commas')
param commentsWords string = ''

@secure()
@description('Akismet__Key')
param akismetKey string = ''

// Everything else that the app can be told

@description('Any other setting of the app by its key (Channels__0__Kind, …). It goes before the parameters above.')
param appSettings Settings = {}

@description('Any other secret setting by its key (Channels__0__Token, …). Each becomes a secret of the vault, and the app is told where it is.')
param secretSettings SecretSettings = {}

// How much of it

@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_RAGRS', 'Standard_GZRS', 'Standard_RAGZRS'])
@description('How the storage account keeps copies: in one building, in three zones, in a second region too.')
param storageSku string = 'Standard_LRS'

@minValue(1)
@maxValue(365)
@description('For how many days a deleted or overwritten blob can be brought back.')
param blobSoftDeleteDays int = 7

@allowed([512, 2048, 4096])
@description('Memory of an instance in megabytes.')
param instanceMemoryMB int = 2048

@minValue(1)
@maxValue(1000)
@description('The most instances.')
param maximumInstanceCount int = 40

@minValue(0)
@maxValue(1000)
@description('How many calls an instance takes at a time; 0 for what the platform thinks best.')
param httpConcurrency int = 0

@description('Which instances are kept running, and paid for, so that nobody waits for a cold start.')
param alwaysReady AlwaysReady[] = []

@description('Whether instances are spread over the region\'s zones.')
param zoneRedundant bool = false

@minValue(30)
@maxValue(730)
@description('For how many days logs are kept.')
param logRetentionDays int = 30

@description('The most gigabytes of logs in a day; -1 for any number. What comes after is lost, so alerts fall silent.')
param logDailyQuotaGb string = '1'

// Front Door

@description('Whether a Front Door puts the site and /api under one domain, which also brings caching near the readers and security headers.')
param frontDoor bool = false

@description('A domain of one\'s own at the Front Door; empty for none.')
param customDomain string = ''

@description('The Content-Security-Policy that the Front Door gives all pages.')
param contentSecurityPolicy string = 'default-src \'none\'; style-src \'self\'; script-src \'self\'; connect-src \'self\'; img-src \'self\' https:; media-src \'self\' https:; form-action \'self\'; base-uri \'none\'; frame-ancestors \'none\''

// Alerts

@description('Who is told of alerts and of the budget: addresses, separated by commas. Empty for no alerts.')
param alertEmails string = ''

@allowed(['PT5M', 'PT10M', 'PT15M'])
@description('How often logs are looked at.')
param alertFrequency string = 'PT15M'

@minValue(60)
@description('For how many seconds a message may wait in its queue.')
param oldestMessageSeconds int = 900

@description('From where /api/health is called; none for no such alert.')
param healthTestLocations string[] = ['emea-nl-ams-azr', 'us-va-ash-azr']

@allowed([300, 600, 900])
@description('How many seconds are between two health calls from one place.')
param healthTestSeconds int = 900

@minValue(0)
@description('What a month may cost, in the currency of the bill; 0 for no budget.')
param budgetAmount int = 0

@description('The first day of the month that the budget starts in. The first deployment decides, so give it again at later ones.')
param budgetStart string = utcNow('yyyy-MM-01')

var tags = {
  'azd-env-name': environmentName
}
var token = toLower(uniqueString(subscription().id, environmentName, location))
var identityName = 'id-${token}'
var applicationInsightsName = 'appi-${token}'
var keyVaultName = 'kv-${token}'
var storageName = 'st${token}'
var frontDoorName = 'afd-${token}'
var endpointName = 'press-${token}'
var receivers = filter(map(split(alertEmails, ','), email => trim(email)), email => !empty(email))

var publicHost = !frontDoor ? '' : !empty(customDomain) ? customDomain : edge!.outputs.hostName
var baseUrl = !empty(siteBaseUrl) ? siteBaseUrl : frontDoor ? 'https://${publicHost}' : storage.outputs.websiteUrl
var apiBaseUrl = !empty(siteApiBaseUrl) ? siteApiBaseUrl : frontDoor ? 'https://${publicHost}/api' : ''

var plainSettings = {
  Pressroom__Welcome: toLower(string(welcome))
  Site__ApiBaseUrl: apiBaseUrl
  Site__Title: siteTitle
  Site__Language: siteLanguage
  Site__TimeZone: siteTimeZone
  Mail__From: mailFrom
  Mail__FromName: mailFromName
  Mail__Moderators: mailModerators
  Mail__PostalAddress: mailPostalAddress
  SendGrid__EventWebhookPublicKey: sendGridEventWebhookPublicKey
  Smtp__Host: smtpHost
  Smtp__Port: string(smtpPort)
  Smtp__Username: smtpUsername
  Newsletter__Digest: newsletterDigest
  Newsletter__Hour: string(newsletterHour)
  Comments__Moderation: commentsModeration
  Comments__CloseAfterDays: string(commentsCloseAfterDays)
  Comments__Words: commentsWords
}
var givenSettings = filter(items(union(plainSettings, appSettings)), setting => !empty(setting.value))

var secrets = union(
  {
    Pressroom__AdminToken: adminToken
    Pressroom__SigningKey: signingKey
    SendGrid__ApiKey: sendGridApiKey
    Smtp__Password: smtpPassword
    Akismet__Key: akismetKey
  },
  secretSettings
)
// Instead of a secret the app is told where it is, and no version, so that a new one is taken up by itself.
var secretReferences = toObject(
  filter(items(secrets), setting => !empty(setting.value)),
  setting => setting.key,
  setting => '@Microsoft.KeyVault(SecretUri=https://${keyVaultName}${environment().suffixes.keyvaultDns}/secrets/${replace(setting.key, '_', '-')})'
)

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: identityName
    location: location
    tags: tags
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: storageName
    location: location
    tags: tags
    sku: storageSku
    softDeleteDays: blobSoftDeleteDays
    identityName: identityName
    principalId: identity.outputs.principalId
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: 'log-${token}'
    applicationInsightsName: applicationInsightsName
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyQuotaGb: logDailyQuotaGb
    identityName: identityName
    principalId: identity.outputs.principalId
  }
}

module keyVault 'modules/key-vault.bicep' = {
  scope: group
  params: {
    name: keyVaultName
    location: location
    tags: tags
    secretSettings: secrets
    identityName: identityName
    principalId: identity.outputs.principalId
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
    workspaceId: monitoring.outputs.workspaceId
  }
}

// The edge comes before the app, which takes requests from it alone and writes its address into pages; its routes come after.
module edge 'modules/front-door.bicep' = if (frontDoor) {
  scope: group
  params: {
    profileName: frontDoorName
    endpointName: endpointName
    tags: tags
  }
}

module functionApp 'modules/function-app.bicep' = {
  scope: group
  params: {
    name: 'func-${token}'
    planName: 'plan-${token}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storageName
    packageContainerUrl: storage.outputs.packageContainerUrl
    applicationInsightsName: applicationInsightsName
    settings: union(
      { Site__BaseUrl: baseUrl },
      toObject(givenSettings, setting => setting.key, setting => setting.value),
      secretReferences
    )
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpConcurrency: httpConcurrency
    alwaysReady: alwaysReady
    zoneRedundant: zoneRedundant
    behindFrontDoor: frontDoor
    frontDoorId: frontDoor ? edge!.outputs.frontDoorId : ''
  }
  dependsOn: [
    keyVault
    monitoring
  ]
}

module routes 'modules/front-door-routes.bicep' = if (frontDoor) {
  scope: group
  params: {
    profileName: frontDoorName
    endpointName: endpointName
    websiteHostName: split(storage.outputs.websiteUrl, '/')[2]
    apiHostName: functionApp.outputs.hostName
    customDomain: customDomain
    contentSecurityPolicy: contentSecurityPolicy
  }
}

module alerts 'modules/alerts.bicep' = if (!empty(receivers)) {
  scope: group
  params: {
    location: location
    tags: tags
    applicationInsightsId: monitoring.outputs.applicationInsightsId
    storageAccountId: storage.outputs.id
    healthUrl: '${empty(apiBaseUrl) ? 'https://${functionApp.outputs.hostName}/api' : apiBaseUrl}/health'
    emails: receivers
    frequency: alertFrequency
    oldestMessageSeconds: oldestMessageSeconds
    healthTestLocations: healthTestLocations
    healthTestSeconds: healthTestSeconds
  }
}

module budget 'modules/budget.bicep' = if (budgetAmount > 0 && !empty(receivers)) {
  scope: group
  params: {
    amount: budgetAmount
    startDate: budgetStart
    emails: receivers
  }
}

@description('The resource group.')
output AZURE_RESOURCE_GROUP string = group.name

@description('The storage account.')
output AZURE_STORAGE_ACCOUNT_NAME string = storageName

@description('The vault with the administrator\'s token.')
output AZURE_KEY_VAULT_NAME string = keyVaultName

@description('The function app.')
output AZURE_FUNCTION_APP_NAME string = functionApp.outputs.name

@description('Where logs and metrics are.')
output AZURE_APPLICATION_INSIGHTS_NAME string = applicationInsightsName

@description('The public address.')
output SITE_BASE_URL string = baseUrl

@description('The address of the API.')
output SITE_API_BASE_URL string = empty(apiBaseUrl) ? 'https://${functionApp.outputs.hostName}/api' : apiBaseUrl

@description('What a TXT record _dnsauth.<custom domain> must say; empty without one.')
output CUSTOM_DOMAIN_VALIDATION string = frontDoor ? routes!.outputs.domainValidation : ''
