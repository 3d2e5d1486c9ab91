package school

// The platforms, as Heraut calls them.
const (
	phone  = "ios"
	tablet = "ipados"
	laptop = "macos"
)

// models are what people call their devices.
var models = map[string]string{phone: "iPhone", tablet: "iPad", laptop: "MacBook"}

// kit is what a person can be reached by.
type kit struct {
	platforms []string
	app       bool // on every device: pushes arrive
	mail      bool
}

// reachable tells whether an invitation for a device can arrive.
func (k kit) reachable() bool { return len(k.platforms) > 0 && (k.app || k.mail) }

// kits are dealt out in turn, so that every case is there: nothing at all, a
// device that nothing reaches, mail alone, push alone, two devices.
var kits = []kit{
	{platforms: []string{tablet}, app: true, mail: true},
	{platforms: []string{phone}, app: true, mail: true},
	{platforms: []string{tablet, laptop}, app: true, mail: true},
	{platforms: []string{tablet}, mail: true},
	{platforms: []string{laptop}, app: true, mail: true},
	{mail: true},
	{platforms: []string{tablet}, app: true},
	{platforms: []string{tablet}, app: true, mail: true},
	{platforms: []string{phone, tablet}, app: true, mail: true},
	{platforms: []string{laptop}, mail: true},
	{platforms: []string{tablet}},
	{platforms: []string{tablet}, app: true, mail: true},
	{},
}

// kitOf deals a kit to the pupil at a place in a class.
func kitOf(place int, class string) kit {
	dealt := kits[place%len(kits)]
	if class == Eager && !dealt.reachable() {
		return kits[0]
	}
	return dealt
}
