using FerrisDB.TestKit;

namespace FerrisDB.Tests.Compaction;

public sealed class PickerScriptTests
{
    [Theory, GoldenScripts("picker")]
    public void Script(GoldenScript script)
    {
        var scene = new PickerScene();
        script.Run(scene.Execute);
    }
}
