// One editor, a few hundred readers, mail by SMTP, no Front Door: nothing is kept running, so an idle month costs next to nothing.
using '../main.bicep'

param environmentName = 'gazette'
param location = 'westeurope'
param adminToken = readEnvironmentVariable('PRESSROOM_ADMIN_TOKEN')
param signingKey = readEnvironmentVariable('PRESSROOM_SIGNING_KEY')

param siteTitle = 'The Village Gazette'
param siteTimeZone = 'Europe/London'

param mailFrom = 'news@gazette.example'
param mailModerators = 'editor@gazette.example'
param mailPostalAddress = 'The Village Gazette, 1 High Street, Example'
param smtpHost = 'smtp.gazette.example'
param smtpUsername = 'news@gazette.example'
param smtpPassword = readEnvironmentVariable('SMTP_PASSWORD')

param appSettings = {
  Channels__0__Kind: 'mastodon'
  Channels__0__Name: 'mastodon'
  Channels__0__BaseUrl: 'https://social.example'
  Channels__0__ProfileUrl: 'https://social.example/@gazette'
}
param secretSettings = {
  Channels__0__Token: readEnvironmentVariable('MASTODON_TOKEN')
}

param instanceMemoryMB = 512
param alertEmails = 'editor@gazette.example'
param healthTestLocations = ['emea-nl-ams-azr']
param budgetAmount = 20
param budgetStart = '2026-12-01'
