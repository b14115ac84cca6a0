# Makes FerrisDB's server a service of Windows: docs/server.md says what each step is for. Run it as administrator.
#Requires -RunAsAdministrator
param(
    # Where `dotnet publish src/FerrisDB.Cli -c Release -r win-x64 --self-contained true -o ...` has put the program.
    [string] $Program = "$env:ProgramFiles\FerrisDB\FerrisDB.Cli.exe"
)
$ErrorActionPreference = 'Stop'
$name = 'FerrisDB'
$account = "NT SERVICE\$name"
$folder = "$env:ProgramData\$name"

function Invoke-Checked([string] $Command, [string[]] $Arguments) {
    & $Command @Arguments | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "$Command $Arguments ended with $LASTEXITCODE" }
}

if (-not (Test-Path $Program)) { throw "There is no $Program." }
New-Service -Name $name -DisplayName 'FerrisDB server' -StartupType Automatic `
    -Description 'A transactional ordered key-value database.' `
    -BinaryPathName "`"$Program`" serve --windows-service --config ferrisdb.json" | Out-Null
# An account of its own, without a password; it exists once the service does.
Invoke-Checked sc.exe @('config', $name, 'obj=', $account)
# A server that failed, or was killed, is started again after a second.
Invoke-Checked sc.exe @('failure', $name, 'reset=', '3600', 'actions=', 'restart/1000')
Invoke-Checked sc.exe @('failureflag', $name, '1')

# The one folder that it may write to; nobody but administrators reads what is in it. *S-1-...: names are translated.
New-Item -ItemType Directory -Force $folder | Out-Null
Invoke-Checked icacls.exe @(
    $folder, '/inheritance:r', '/grant:r',
    '*S-1-5-32-544:(OI)(CI)F', '*S-1-5-18:(OI)(CI)F', "${account}:(OI)(CI)M")
if (-not (Test-Path "$folder\ferrisdb.json")) { Copy-Item "$PSScriptRoot\ferrisdb.json" $folder }

if (-not [System.Diagnostics.EventLog]::SourceExists($name)) {
    [System.Diagnostics.EventLog]::CreateEventSource($name, 'Application')
}
Start-Service $name
Get-Service $name
