@export()
@description('Settings by their key, as the app reads them: Channels__0__Kind, …')
type settings = {
  @description('A setting.')
  *: string
}

@export()
@secure()
@description('Secret settings by their key: Channels__0__Token, …')
type secretSettings = {
  @description('A secret setting.')
  *: string
}

@export()
@description('Tags by their name.')
type tags = {
  @description('A tag.')
  *: string
}

@export()
@description('How many instances wait for the calls of a group (http) or of one function (function:Announce).')
type alwaysReady = {
  @description('http, or function:<name>.')
  name: string

  @minValue(0)
  @description('How many are kept running.')
  instanceCount: int
}
