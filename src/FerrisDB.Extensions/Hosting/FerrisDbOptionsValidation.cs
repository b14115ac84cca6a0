using Microsoft.Extensions.Options;

namespace FerrisDB.Extensions;

/// <summary>Refuses options that name no database, or several.</summary>
internal sealed class FerrisDbOptionsValidation : IValidateOptions<FerrisDbOptions>
{
    public ValidateOptionsResult Validate(string? name, FerrisDbOptions options)
    {
        List<string> named = [];
        if (!string.IsNullOrWhiteSpace(options.Folder))
            named.Add($"a Folder, {options.Folder}");
        if (options.InMemory)
            named.Add("InMemory");
        if (!string.IsNullOrWhiteSpace(options.ConnectionString))
            named.Add("a ConnectionString");
        return named.Count switch
        {
            0 => ValidateOptionsResult.Fail(
                "FerrisDbOptions.Folder is not set. Name a folder (AddFerrisDb(\"data\"), or Folder in the "
                    + "configuration), or set InMemory, or the ConnectionString of a server."),
            1 => ValidateOptionsResult.Success,
            _ => ValidateOptionsResult.Fail(
                $"FerrisDbOptions has more than one place: {string.Join(" and ", named)}. Leave out all but one."),
        };
    }
}
