using FerrisDB.Server;

namespace FerrisDB.Cli;

internal sealed record ThrottlesJson(IReadOnlyList<ServerStatus.TagThrottleRow> Throttles);
