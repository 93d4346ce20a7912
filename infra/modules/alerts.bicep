@description('Azure region.')
param location string

import { tags as Tags } from 'types.bicep'

@description('Tags of all rules.')
param tags Tags

@description('Resource id of the Application Insights component.')
param applicationInsightsId string

@description('Resource id of the storage account.')
param storageAccountId string

@description('Address that says whether the app is well.')
param healthUrl string

@description('Who is told.')
param emails string[]

@allowed(['PT5M', 'PT10M', 'PT15M'])
@description('How often logs are looked at; more often costs more.')
param frequency string

@minValue(60)
@description('For how many seconds a message may wait in its queue.')
param oldestMessageSeconds int

@description('From where the health call is made; none for no such test.')
param healthTestLocations string[]

@allowed([300, 600, 900])
@description('How many seconds are between two health calls from one place.')
param healthTestSeconds int

// A rule fires when its query has a row. Each has a section of its name in RUNBOOK.md.
var logAlerts = [
  {
    name: 'queue-too-old'
    severity: 1
    title: 'A message has waited for too long'
    columns: ['queue']
    // The least of the window: a message that was seen once is no standstill.
    query: '''
customMetrics
| where name == "pressroom.queue.oldest_message.age"
| extend queue = tostring(customDimensions["queue"])
| summarize age = min(valueMin), timestamp = max(timestamp) by queue
| where age > OLDEST
'''
  }
  {
    name: 'poison-messages'
    severity: 2
    title: 'A message has failed every time'
    columns: []
    query: '''
customMetrics
| where name == "pressroom.poison.messages"
| summarize messages = max(valueMax), timestamp = max(timestamp)
| where messages > 0
'''
  }
  {
    name: 'deliveries-not-sent'
    severity: 2
    title: 'An announcement has failed, or nobody knows whether it was posted'
    columns: ['channel', 'state']
    query: '''
customMetrics
| where name == "pressroom.deliveries"
| extend channel = tostring(customDimensions["channel"]), state = tostring(customDimensions["state"])
| where state in ("failed", "unknown")
| summarize deliveries = sum(valueSum), timestamp = max(timestamp) by channel, state
| where deliveries > 0
'''
  }
  {
    name: 'mails-failing'
    severity: 1
    title: 'More than one mail in ten is not taken'
    columns: []
    query: '''
customMetrics
| where name == "pressroom.mails"
| extend outcome = tostring(customDimensions["outcome"])
| summarize mails = sum(valueSum), lost = sumif(valueSum, outcome in ("refused", "rejected", "unknown")), timestamp = max(timestamp)
| where lost >= 3 and lost * 10 > mails
'''
  }
  {
    name: 'server-errors'
    severity: 1
    title: 'More than one call in twenty ends with 5xx'
    columns: []
    // Health answers 503 on purpose, and has an alert of its own.
    query: '''
requests
| where url startswith "http" and url !endswith "/api/health"
| summarize calls = sum(itemCount), errors = sumif(itemCount, toint(resultCode) >= 500), timestamp = max(timestamp)
| where errors >= 5 and errors * 20 > calls
'''
  }
]

resource mail 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'operators'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'pressroom'
    emailReceivers: [
      for email in emails: {
        name: email
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource logRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in logAlerts: {
    name: alert.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alert.title
      description: 'What to do: infra/RUNBOOK.md, ${alert.name}.'
      severity: alert.severity
      enabled: true
      scopes: [applicationInsightsId]
      evaluationFrequency: frequency
      windowSize: 'PT15M'
      autoMitigate: true
      // The component is as new as the rule; its tables may not have come into being yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: replace(alert.query, 'OLDEST', string(oldestMessageSeconds))
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            dimensions: [
              for column in alert.columns: {
                name: column
                operator: 'Include'
                values: ['*']
              }
            ]
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [mail.id]
      }
    }
  }
]

resource healthTest 'Microsoft.Insights/webtests@2022-06-15' = if (!empty(healthTestLocations)) {
  name: 'health'
  location: location
  tags: union(tags, { 'hidden-link:${applicationInsightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    Name: 'health'
    SyntheticMonitorId: 'health'
    Kind: 'standard'
    Enabled: true
    Frequency: healthTestSeconds
    Timeout: 60
    RetryEnabled: true
    Locations: [for place in healthTestLocations: { Id: place }]
    Request: {
      RequestUrl: healthUrl
      HttpVerb: 'GET'
      FollowRedirects: false
      ParseDependentRequests: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 7
    }
  }
}

resource health 'Microsoft.Insights/metricAlerts@2018-03-01' = if (!empty(healthTestLocations)) {
  name: 'health-failing'
  location: 'global'
  tags: tags
  properties: {
    description: 'What to do: infra/RUNBOOK.md, health-failing.'
    severity: 0
    enabled: true
    scopes: [healthTest.id, applicationInsightsId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      componentId: applicationInsightsId
      failedLocationCount: min(2, max(1, length(healthTestLocations)))
      webTestId: healthTest.id
    }
    actions: [{ actionGroupId: mail.id }]
  }
}

resource storage 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'storage-unavailable'
  location: 'global'
  tags: tags
  properties: {
    description: 'What to do: infra/RUNBOOK.md, storage-unavailable.'
    severity: 1
    enabled: true
    scopes: [storageAccountId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'availability'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.Storage/storageAccounts'
          metricName: 'Availability'
          timeAggregation: 'Average'
          operator: 'LessThan'
          threshold: 99
        }
      ]
    }
    actions: [{ actionGroupId: mail.id }]
  }
}
