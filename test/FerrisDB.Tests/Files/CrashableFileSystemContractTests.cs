using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Files;

public sealed class CrashableFileSystemContractTests : FileSystemContract
{
    private protected override IFileSystem OpenDisk() => new CrashableFileSystem();
}
