namespace FerrisDB.BindingTester;

/// <summary>On what an operation works: said by the end of its name.</summary>
internal enum StepScope
{
    /// <summary>The current transaction.</summary>
    Transaction,

    /// <summary>The snapshot reads of the current transaction: the name ends with _SNAPSHOT.</summary>
    Snapshot,

    /// <summary>A transaction of its own, retried and committed: the name ends with _DATABASE.</summary>
    Database,

    /// <summary>The same of the active tenant, if there is one: the name ends with _TENANT.</summary>
    Tenant,
}
