using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Files;

public sealed class FaultyFileSystemContractTests : FileSystemContract
{
    private protected override IFileSystem OpenDisk() => new FaultyFileSystem(new CrashableFileSystem());
}
