using Microsoft.Extensions.Options;

namespace FerrisDB.Extensions;

/// <summary>Refuses options that name no database, or two.</summary>
internal sealed class FerrisDbOptionsValidation : IValidateOptions<FerrisDbOptions>
{
    public ValidateOptionsResult Validate(string? name, FerrisDbOptions options) =>
        (string.IsNullOrWhiteSpace(options.Folder), options.InMemory) switch
        {
            (true, false) => ValidateOptionsResult.Fail(
                "FerrisDbOptions.Folder is not set. Name a folder (AddFerrisDb(\"data\"), or Folder in the "
                    + "configuration), or set InMemory."),
            (false, true) => ValidateOptionsResult.Fail(
                $"FerrisDbOptions has both a Folder, {options.Folder}, and InMemory. Leave one out."),
            _ => ValidateOptionsResult.Success,
        };
}
