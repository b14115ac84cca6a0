namespace FerrisDB.Bench;

/// <summary>Ways in which the reference can be made wrong, each of which some workload must notice.</summary>
internal enum ReferenceBug
{
    None,
    LosesPuts,
    KeepsDeleted,
    AnswersWithAnotherValue,
    SkipsInScans,
    SnapshotsSeeLaterWrites,
    LosesTransactions,
    HoldsWritesUp,
    ExceedsItsBudget,
    WastesSpace,
}
