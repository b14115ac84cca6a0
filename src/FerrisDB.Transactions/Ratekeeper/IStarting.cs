namespace FerrisDB.Transactions;

/// <summary>Transactions of one client that wait until they may start.</summary>
internal interface IStarting
{
    /// <summary>They may.</summary>
    void Start();

    /// <summary>They may not; an error that says so, or null if nobody is to be told.</summary>
    void Refuse(FerrisException? error);
}
