namespace FerrisDB.Storage;

/// <summary>Something that readers inside an epoch may still look at after it was unlinked.</summary>
internal interface IRetirable
{
    /// <summary>Frees it. Called once, on whichever thread collects; must neither throw nor wait.</summary>
    void Reclaim();
}
