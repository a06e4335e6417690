package firstcause

import "github.com/kojiwatch/kojiwatch/event"

// Text describes a failure in one line: arch, host, log and the line that states the cause.
func Text(f *event.Failure) string {
	text := f.Arch
	if f.Host != "" {
		text += " on " + f.Host
	}
	if f.Log != "" {
		text += ", " + f.Log
	}
	return text + ": " + f.Line
}
