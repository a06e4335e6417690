package taskrequest

// Skips reports whether Parse never uses a member of that name, in any record of a request,
// so that a decoder need not decode it. Most of these are in the records of builds in
// notifications.
func Skips(member []byte) bool {
	switch string(member) {
	case "completion_time", "completion_ts", "creation_event_id", "creation_time", "creation_ts",
		"promotion_time", "promotion_ts", "promoter_id", "promoter_name", "start_time", "start_ts",
		"owner_id", "owner_name", "package_id", "volume_id", "volume_name", "cg_id", "cg_name",
		"draft", "epoch", "source", "extra", "maven_include_all", "maven_support", "locked", "dest_tag", "state_time", "state_ts":
		return true
	}
	return false
}
