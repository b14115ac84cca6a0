namespace FerrisDB.Cli;

/// <summary>What the operand of an atomic operation is.</summary>
internal enum OperandKind
{
    /// <summary>A whole number, which becomes 8 bytes, little-endian.</summary>
    Number,

    /// <summary>Text with escapes.</summary>
    Bytes,
}
