package hubtest

import "github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"

// The rows of a hub; package dataset describes them.
type (
	Data        = dataset.Data
	User        = dataset.User
	Tag         = dataset.Tag
	Target      = dataset.Target
	Channel     = dataset.Channel
	Host        = dataset.Host
	Package     = dataset.Package
	Build       = dataset.Build
	Task        = dataset.Task
	TaskFault   = dataset.TaskFault
	OutputFile  = dataset.OutputFile
	Tagged      = dataset.Tagged
	Repo        = dataset.Repo
	RPM         = dataset.RPM
	Archive     = dataset.Archive
	ArchiveType = dataset.ArchiveType
	Event       = dataset.Event
)

// Recorded returns the data of the hub whose answers were recorded: from it, this
// hub gives the same answers. It is a copy of the caller's own.
func Recorded() Data { return dataset.Recorded() }

// LoadFile reads Data from a JSON file; see [dataset.LoadFile].
func LoadFile(path string) (Data, error) { return dataset.LoadFile(path) }
