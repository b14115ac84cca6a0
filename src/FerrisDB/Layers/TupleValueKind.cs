using System.Diagnostics.CodeAnalysis;

namespace FerrisDB.Layers;

/// <summary>What a <see cref="TupleValue"/> is. Values of different kinds are ordered as these are.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "These are the names of the types that the format has.")]
public enum TupleValueKind
{
    /// <summary>Null, which comes before everything.</summary>
    Null,

    /// <summary>A byte string.</summary>
    Bytes,

    /// <summary>A string, ordered by its UTF-8 (that is, by code points).</summary>
    String,

    /// <summary>A tuple as an element of a tuple.</summary>
    Nested,

    /// <summary>A whole number of up to 255 bytes. All integer types of C# become this one.</summary>
    Integer,

    /// <summary>A 32-bit floating-point number.</summary>
    Float,

    /// <summary>A 64-bit floating-point number.</summary>
    Double,

    /// <summary>False, then true.</summary>
    Boolean,

    /// <summary>A UUID, ordered as it is written.</summary>
    Uuid,

    /// <summary>A versionstamp of 12 bytes.</summary>
    Versionstamp,
}
