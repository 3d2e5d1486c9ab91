package console

import "heraut/settings"

// locations are the choices of where somebody's apps and books come from; none
// while fewer than two content tokens are installed. A location whose token is
// gone stays a choice for those who have it.
func (v *visit) locations(now string) ([]option, error) {
	tokens, err := v.Store.ContentTokens(v.ctx())
	if err != nil || len(tokens) < 2 {
		return nil, err
	}
	all := []option{{"", v.t("settings.content.location_default", "name", tokens[0].Location)}}
	for _, t := range tokens {
		all = append(all, option{t.UID, t.Location})
	}
	if now != "" && settings.TokenOf(tokens, now) < 0 {
		all = append(all, option{now, v.t("settings.content.location_gone", "uid", now)})
	}
	return all, nil
}

// locationName is what a location is called; its id where it is no longer known.
func (v *visit) locationName(uid string) string {
	tokens, err := v.Store.ContentTokens(v.ctx())
	if at := settings.TokenOf(tokens, uid); err == nil && at >= 0 {
		return tokens[at].Location
	}
	return uid
}
