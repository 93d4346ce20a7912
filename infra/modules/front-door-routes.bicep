@description('Name of the profile.')
param profileName string

@description('Name of the endpoint.')
param endpointName string

@description('Host name of the static website.')
param websiteHostName string

@description('Host name of the function app.')
param apiHostName string

@description('A domain of one\'s own; empty for none.')
param customDomain string

@description('The Content-Security-Policy of all pages.')
param contentSecurityPolicy string

var year = '365.00:00:00'
var minute = '0.00:01:00'
var compressible = [
  'application/atom+xml'
  'application/feed+json'
  'application/json'
  'application/rss+xml'
  'application/xml'
  'image/svg+xml'
  'text/css'
  'text/html'
  'text/javascript'
  'text/plain'
  'text/xml'
]
var pageHeaders = {
  Policies: {
    'Content-Security-Policy': contentSecurityPolicy
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()'
    'Referrer-Policy': 'strict-origin-when-cross-origin'
  }
  Safeguards: {
    'Strict-Transport-Security': 'max-age=31536000'
    'X-Content-Type-Options': 'nosniff'
    'X-Frame-Options': 'DENY'
  }
}
// The app names what never changes by its content; the pages say themselves for how long they may be kept.
var caching = [
  { name: 'Assets', paths: ['/assets/', '/media/'], duration: year }
  { name: 'Pages', paths: ['/'], duration: minute }
]

resource profile 'Microsoft.Cdn/profiles@2024-09-01' existing = {
  name: profileName

  resource endpoint 'afdEndpoints' existing = {
    name: endpointName
  }
}

resource domain 'Microsoft.Cdn/profiles/customDomains@2024-09-01' = if (!empty(customDomain)) {
  parent: profile
  name: replace(empty(customDomain) ? 'none' : customDomain, '.', '-')
  properties: {
    hostName: customDomain
    tlsSettings: {
      certificateType: 'ManagedCertificate'
      minimumTlsVersion: 'TLS12'
    }
  }
}

// No probes: a group of one origin is used whatever they say, and they would keep the app awake.
resource websiteGroup 'Microsoft.Cdn/profiles/originGroups@2024-09-01' = {
  parent: profile
  name: 'website'
  properties: {
    loadBalancingSettings: {
      sampleSize: 4
      successfulSamplesRequired: 3
    }
    sessionAffinityState: 'Disabled'
  }

  resource origin 'origins' = {
    name: 'website'
    properties: {
      enforceCertificateNameCheck: true
      hostName: websiteHostName
      originHostHeader: websiteHostName
    }
  }
}

resource apiGroup 'Microsoft.Cdn/profiles/originGroups@2024-09-01' = {
  parent: profile
  name: 'api'
  properties: {
    loadBalancingSettings: {
      sampleSize: 4
      successfulSamplesRequired: 3
    }
    sessionAffinityState: 'Disabled'
  }

  resource origin 'origins' = {
    name: 'api'
    properties: {
      enforceCertificateNameCheck: true
      hostName: apiHostName
      originHostHeader: apiHostName
    }
  }
}

resource headersSet 'Microsoft.Cdn/profiles/ruleSets@2024-09-01' = {
  parent: profile
  name: 'PageHeaders'
}

@batchSize(1)
resource headerRules 'Microsoft.Cdn/profiles/ruleSets/rules@2024-09-01' = [
  for (rule, index) in items(pageHeaders): {
    parent: headersSet
    name: rule.key
    properties: {
      order: index + 1
      matchProcessingBehavior: 'Continue'
      actions: [
        for header in items(rule.value): {
          name: 'ModifyResponseHeader'
          parameters: {
            typeName: 'DeliveryRuleHeaderActionParameters'
            headerAction: 'Overwrite'
            headerName: header.key
            value: header.value
          }
        }
      ]
    }
  }
]

resource cachingSet 'Microsoft.Cdn/profiles/ruleSets@2024-09-01' = {
  parent: profile
  name: 'Caching'
}

@batchSize(1)
resource cachingRules 'Microsoft.Cdn/profiles/ruleSets/rules@2024-09-01' = [
  for (rule, index) in caching: {
    parent: cachingSet
    name: rule.name
    properties: {
      order: index + 1
      matchProcessingBehavior: 'Stop'
      conditions: [
        {
          name: 'UrlPath'
          parameters: {
            typeName: 'DeliveryRuleUrlPathMatchConditionParameters'
            operator: 'BeginsWith'
            matchValues: rule.paths
          }
        }
      ]
      actions: [
        {
          name: 'RouteConfigurationOverride'
          parameters: {
            typeName: 'DeliveryRuleRouteConfigurationOverrideActionParameters'
            cacheConfiguration: {
              cacheBehavior: 'OverrideIfOriginMissing'
              cacheDuration: rule.duration
              isCompressionEnabled: 'Enabled'
              queryStringCachingBehavior: 'IgnoreQueryString'
            }
          }
        }
      ]
    }
  }
]

resource websiteRoute 'Microsoft.Cdn/profiles/afdEndpoints/routes@2024-09-01' = {
  parent: profile::endpoint
  name: 'website'
  properties: {
    cacheConfiguration: {
      compressionSettings: {
        contentTypesToCompress: compressible
        isCompressionEnabled: true
      }
      queryStringCachingBehavior: 'IgnoreQueryString'
    }
    customDomains: empty(customDomain) ? [] : [{ id: domain.id }]
    forwardingProtocol: 'HttpsOnly'
    httpsRedirect: 'Enabled'
    linkToDefaultDomain: 'Enabled'
    originGroup: {
      id: websiteGroup.id
    }
    patternsToMatch: ['/*']
    ruleSets: [{ id: headersSet.id }, { id: cachingSet.id }]
    supportedProtocols: ['Http', 'Https']
  }
  dependsOn: [
    websiteGroup::origin
    headerRules
    cachingRules
  ]
}

// The app compresses nothing and sends its own headers. Its answers are not cached: half of them need a token.
resource apiRoute 'Microsoft.Cdn/profiles/afdEndpoints/routes@2024-09-01' = {
  parent: profile::endpoint
  name: 'api'
  properties: {
    customDomains: empty(customDomain) ? [] : [{ id: domain.id }]
    forwardingProtocol: 'HttpsOnly'
    httpsRedirect: 'Enabled'
    linkToDefaultDomain: 'Enabled'
    originGroup: {
      id: apiGroup.id
    }
    patternsToMatch: ['/api', '/api/*']
    supportedProtocols: ['Http', 'Https']
  }
  dependsOn: [
    apiGroup::origin
    websiteRoute
  ]
}

@description('What a TXT record _dnsauth.<domain> must say, so that Azure makes the certificate.')
output domainValidation string = empty(customDomain) ? '' : domain!.properties.validationProperties.validationToken
