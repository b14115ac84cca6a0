# Stops the service and removes it. The database stays where it is, in %ProgramData%\FerrisDB. Run it as administrator.
#Requires -RunAsAdministrator
$ErrorActionPreference = 'Stop'
$name = 'FerrisDB'

Stop-Service $name
& sc.exe delete $name | Out-Host
if ($LASTEXITCODE -ne 0) { throw "sc.exe delete ended with $LASTEXITCODE" }
if ([System.Diagnostics.EventLog]::SourceExists($name)) {
    [System.Diagnostics.EventLog]::DeleteEventSource($name)
}
