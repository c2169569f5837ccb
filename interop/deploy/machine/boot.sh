# boot DIR NETWORK GROUP...: becomes a machine whose files are those of this one, and what is written lies in memory.
# NETWORK is an option of systemd-nspawn, or empty. It runs in mount and process namespaces of its own.
set -e
dir=$1 network=$2
shift 2
for group; do echo 0 >"$group/cgroup.procs"; done

mount --make-rprivate /
mount -t proc proc /proc
mkdir -p /run/systemd
mount -t tmpfs tmpfs /run/systemd # systemd-nspawn's notes
mkdir "$dir/memory"
mount -t tmpfs -o mode=755 tmpfs "$dir/memory"
cd "$dir/memory"
mkdir up work root
mount -t overlay overlay -o lowerdir=/,upperdir=up,workdir=work root

# Only what the test starts runs, and it may.
rm -rf root/etc/systemd/system/*.wants root/etc/rc?.d/S*
rm -f root/usr/sbin/policy-rc.d
# A bot that somebody has tried out here is not there.
rm -rf root/etc/otrbot root/var/lib/otrbot root/var/lib/otrbot-*
# Of a bot that this machine has, it knows nothing.
rm -rf root/etc/otrbot root/var/lib/otrbot*
# Packages are unpacked whole, also where this is a container that leaves out manuals.
rm -f root/etc/dpkg/dpkg.cfg.d/*

# The index of manuals takes longer than all else of an installation.
rm -f root/var/lib/man-db/auto-update

systemd-nspawn --quiet --boot --directory=root --machine=machine --register=no --keep-unit --notify-ready=yes \
	--link-journal=no --resolv-conf=off --timezone=off --console=pipe ${network:+"$network"} </dev/null
