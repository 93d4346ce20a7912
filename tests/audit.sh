#!/usr/bin/env bash
# Fails where a dependency, also one that came with another, has a known vulnerability. A package source without advisories is found out by
# asking about a package that is known to have one, and is said to be no help rather than taken for good news.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

vulnerable() { dotnet list "$1" package --vulnerable --include-transitive --format json | grep -B2 '"vulnerabilities"\|"severity"'; }

status=0
probe=$(mktemp -d)
cat >"$probe/probe.csproj" <<'EOF'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
  <ItemGroup><PackageReference Include="Newtonsoft.Json" Version="12.0.3" /></ItemGroup> <!-- GHSA-5crp-9r3c-p9vr -->
</Project>
EOF
dotnet restore "$probe" -v quiet >/dev/null 2>&1
if ! vulnerable "$probe/probe.csproj" >/dev/null; then
  echo "NuGet: this package source has no advisories; nothing is known."
elif vulnerable Functions.sln; then
  echo "NuGet: a dependency has a known vulnerability."
  status=1
else
  echo "NuGet: no known vulnerability."
fi
rm -rf "$probe"

if found=$(npm audit --prefix tests --audit-level=low 2>&1); then
  echo "npm: no known vulnerability."
elif grep -q 'audit endpoint returned an error\|ENOAUDIT\|ECONNREFUSED\|EAI_AGAIN' <<<"$found"; then
  echo "npm: this registry has no advisories; nothing is known."
else
  echo "$found"
  status=1
fi
exit $status
