namespace FerrisDB.Storage;

/// <summary>A handle on which the open file hangs, so that finding it is one load.</summary>
internal interface IReaderPlace<TReader>
    where TReader : class
{
    /// <summary>The open file, or null. Its cache alone writes it.</summary>
    TReader? Reader { get; set; }
}
