// A newsroom in French and Arabic: a domain of its own at a Front Door, SendGrid, several networks, copies in a second region,
// an instance that is always ready, alerts every five minutes.
using '../main.bicep'

param environmentName = 'tribune'
param location = 'francecentral'
param adminToken = readEnvironmentVariable('PRESSROOM_ADMIN_TOKEN')
param signingKey = readEnvironmentVariable('PRESSROOM_SIGNING_KEY')
param welcome = false

param siteTitle = 'La Tribune'
param siteLanguage = 'fr'
param siteTimeZone = 'Africa/Tunis'
param frontDoor = true
param customDomain = 'www.tribune.example'

param mailFrom = 'lettre@tribune.example'
param mailFromName = 'La Tribune'
param mailModerators = 'moderation@tribune.example,desk@tribune.example'
param mailPostalAddress = 'La Tribune, 12 rue de la Presse, Example'
param sendGridApiKey = readEnvironmentVariable('SENDGRID_API_KEY')
param sendGridEventWebhookPublicKey = readEnvironmentVariable('SENDGRID_EVENT_WEBHOOK_PUBLIC_KEY')
param newsletterDigest = 'daily'
param newsletterHour = 6

param commentsModeration = 'first'
param commentsCloseAfterDays = 30
param akismetKey = readEnvironmentVariable('AKISMET_KEY')

param appSettings = {
  Comments__LimitPerPrefix: '10'
  Channels__0__Kind: 'mastodon'
  Channels__0__Name: 'mastodon'
  Channels__0__BaseUrl: 'https://social.example'
  Channels__0__ProfileUrl: 'https://social.example/@tribune'
  Channels__1__Kind: 'bluesky'
  Channels__1__Name: 'bluesky'
  Channels__1__Handle: 'tribune.example'
  Channels__2__Kind: 'telegram'
  Channels__2__Name: 'telegram'
  Channels__2__ChatId: '@tribune'
  Channels__3__Kind: 'instagram'
  Channels__3__Name: 'instagram'
  Channels__3__ProfileUrl: 'https://www.instagram.com/tribune.example'
}
param secretSettings = {
  Channels__0__Token: readEnvironmentVariable('MASTODON_TOKEN')
  Channels__1__AppPassword: readEnvironmentVariable('BLUESKY_APP_PASSWORD')
  Channels__2__Token: readEnvironmentVariable('TELEGRAM_TOKEN')
}

param storageSku = 'Standard_RAGZRS'
param blobSoftDeleteDays = 30
param maximumInstanceCount = 100
param alwaysReady = [
  { name: 'http', instanceCount: 1 }
]
param zoneRedundant = true
param logRetentionDays = 90
param logDailyQuotaGb = '5'

param alertEmails = 'technique@tribune.example,desk@tribune.example'
param alertFrequency = 'PT5M'
param oldestMessageSeconds = 300
param healthTestLocations = ['emea-fr-pra-edge', 'emea-nl-ams-azr', 'us-va-ash-azr']
param healthTestSeconds = 300
param budgetAmount = 300
param budgetStart = '2026-12-01'
