package firstcause

import "github.com/kojiwatch/kojiwatch/event"

// Text tells a failure in one line: where it was, the log, and the line of it.
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
