using FerrisDB.Bench;

return BenchCommand.Run(args, new EngineCatalog(EngineCatalog.BuiltIn));
