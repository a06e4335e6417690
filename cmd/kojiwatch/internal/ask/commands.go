// Package ask holds the commands that query a hub, and those that manage its cached answers.
package ask

import (
	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

// Commands returns the commands.
func Commands(streams cliutil.Streams) []*cobra.Command {
	return []*cobra.Command{
		etaCommand(streams),
		showCommand(streams),
		lastCommand(streams),
		currentCommand(streams),
		tasksCommand(streams),
		buildsCommand(streams),
		waitCommand(streams),
		watchCommand(streams),
		callCommand(streams),
		whoamiCommand(streams),
		apiCommand(streams),
		profilesCommand(streams),
		cacheCommand(streams),
		historyCommand(streams),
	}
}
