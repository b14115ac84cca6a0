using System.Reflection;

namespace FerrisDB;

/// <summary>Which FerrisDB this is.</summary>
internal static class ProductVersion
{
    /// <summary>As 1.2.3; without the commit that it was built from.</summary>
    public static string Text { get; } =
        (typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion ?? "").Split('+')[0];
}
