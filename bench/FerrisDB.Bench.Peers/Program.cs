using FerrisDB.Bench;
using FerrisDB.Bench.Peers;

return BenchCommand.Run(args, new EngineCatalog(
[
    .. EngineCatalog.BuiltIn,
    RocksDbEngine.Description,
    LmdbEngine.Description,
    ZoneTreeEngine.Description,
    SqliteEngine.Description,
]));
