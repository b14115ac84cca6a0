namespace FerrisDB.Cli;

/// <summary>The verbs that work on an open database, in the order of the help.</summary>
internal static class Verbs
{
    /// <summary>Those of <see cref="Common"/>, and those that have another form outside, or none.</summary>
    public static IReadOnlyList<Verb> OfShell() =>
    [
        .. Common(),
        new BackupVerb(),
        new InspectVerb(),
        new BeginCommand(),
        new CommitCommand(),
        new ResetCommand(),
        new RollbackCommand(),
        new OptionCommand(),
        new StatusCommand(),
        new WriteModeCommand(),
        new GetRangeCommand("getrange", "As range, in fdbcli's way.", keysOnly: false),
        new GetRangeCommand("getrangekeys", "As range --keys-only, in fdbcli's way.", keysOnly: true),
        new OldTenantCommand("createtenant", TenantAction.Create),
        new OldTenantCommand("deletetenant", TenantAction.Delete),
        new OldTenantCommand("renametenant", TenantAction.Rename),
        new OldTenantCommand("gettenant", TenantAction.Get),
        new OldTenantCommand("listtenants", TenantAction.List),
        new OldTenantCommand("usetenant", TenantAction.Use),
        new OldTenantCommand("defaulttenant", TenantAction.Default),
        new WaitConnectedCommand(),
        new SleepCommand(),
    ];

    /// <summary>New ones each time: a verb belongs to one tree of commands.</summary>
    public static IReadOnlyList<Verb> Common() =>
    [
        new GetCommand(),
        new SetCommand(),
        new DeleteCommand(),
        new AtomicCommand(),
        new RangeCommand(),
        new DeleteRangeCommand(),
        new CountCommand(),
        new WatchCommand(),
        new DirectoryCommand(),
        new TenantCommand(),
        new ConfigureCommand(),
        new ReadVersionCommand(),
        new ImportCommand(),
        new ExportCommand(),
        new StatsCommand(),
        new CompactCommand(),
        new CheckpointCommand(),
        new LockCommand(),
        new UnlockCommand(),
        new HotKeysCommand(),
        new LogLevelCommand(),
        new ThrottleCommand(),
        new KillCommand(),
    ];

    /// <summary>The verb of the shell with a name, or an alias.</summary>
    public static Verb? Find(string name) =>
        OfShell().FirstOrDefault(verb => verb.Name == name || verb.Aliases.Contains(name));
}
