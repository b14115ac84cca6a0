namespace FerrisDB.Transactions;

/// <summary>Takes a row, whose bytes are valid during the call.</summary>
internal delegate void RowTaker<in T>(T destination, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);
