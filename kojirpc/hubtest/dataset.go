package hubtest

import "github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"

// Aliases for the rows in package dataset.
type (
	// Data is [dataset.Data].
	Data = dataset.Data
	// User is [dataset.User].
	User = dataset.User
	// Tag is [dataset.Tag].
	Tag = dataset.Tag
	// Target is [dataset.Target].
	Target = dataset.Target
	// Channel is [dataset.Channel].
	Channel = dataset.Channel
	// Host is [dataset.Host].
	Host = dataset.Host
	// Package is [dataset.Package].
	Package = dataset.Package
	// Build is [dataset.Build].
	Build = dataset.Build
	// Task is [dataset.Task].
	Task = dataset.Task
	// TaskFault is [dataset.TaskFault].
	TaskFault = dataset.TaskFault
	// OutputFile is [dataset.OutputFile].
	OutputFile = dataset.OutputFile
	// Tagged is [dataset.Tagged].
	Tagged = dataset.Tagged
	// Repo is [dataset.Repo].
	Repo = dataset.Repo
	// RPM is [dataset.RPM].
	RPM = dataset.RPM
	// Archive is [dataset.Archive].
	Archive = dataset.Archive
	// ArchiveType is [dataset.ArchiveType].
	ArchiveType = dataset.ArchiveType
	// Event is [dataset.Event].
	Event = dataset.Event
	// Versioned is [dataset.Versioned].
	Versioned = dataset.Versioned
	// TagListing is [dataset.TagListing].
	TagListing = dataset.TagListing
	// TagPackage is [dataset.TagPackage].
	TagPackage = dataset.TagPackage
	// TagPackageOwner is [dataset.TagPackageOwner].
	TagPackageOwner = dataset.TagPackageOwner
)

// Recorded returns a copy of the data of the hub whose answers were recorded. With these
// data, the fake gives the same answers.
func Recorded() Data { return dataset.Recorded() }

// LoadFile reads Data from a JSON file; see [dataset.LoadFile].
func LoadFile(path string) (Data, error) { return dataset.LoadFile(path) }
