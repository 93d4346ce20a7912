@description('What a month may cost, in the currency of the bill.')
param amount int

@description('The first day of the month it starts in. It cannot be changed later.')
param startDate string

@description('Who is told.')
param emails string[]

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = {
  name: 'budget'
  properties: {
    amount: amount
    category: 'Cost'
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: startDate
    }
    notifications: {
      spent80: {
        contactEmails: emails
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 80
        thresholdType: 'Actual'
      }
      expected100: {
        contactEmails: emails
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Forecasted'
      }
    }
  }
}
