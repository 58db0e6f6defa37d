//! Which nodes of a graph refer to one another.

/// For each node of `edges` the number of its circle: nodes have the same one if each can be reached from the other.
/// Whatever a circle refers to has a lower number than the circle.
///
/// It is Tarjan's algorithm with a stack of its own: how deep types refer to one another is up to who sends a document.
pub(super) fn circles(edges: &[Vec<usize>]) -> Vec<usize> {
    const UNSEEN: usize = usize::MAX;
    let mut circle_of = vec![UNSEEN; edges.len()];
    let mut order = vec![UNSEEN; edges.len()];
    let mut lowest = vec![UNSEEN; edges.len()];
    let (mut seen, mut circles) = (0, 0);
    let mut open = Vec::new();
    for root in 0..edges.len() {
        if order[root] != UNSEEN {
            continue;
        }
        // Each node on the way with the number of its edges that were followed.
        let mut way = vec![(root, 0)];
        while let Some((node, followed)) = way.last_mut() {
            let node = *node;
            if *followed == 0 {
                (order[node], lowest[node]) = (seen, seen);
                seen += 1;
                open.push(node);
            }
            if let Some(&next) = edges[node].get(*followed) {
                *followed += 1;
                if order[next] == UNSEEN {
                    way.push((next, 0));
                } else if circle_of[next] == UNSEEN {
                    lowest[node] = lowest[node].min(order[next]);
                }
                continue;
            }
            way.pop();
            if let Some((before, _)) = way.last() {
                lowest[*before] = lowest[*before].min(lowest[node]);
            }
            if lowest[node] == order[node] {
                while let Some(member) = open.pop() {
                    circle_of[member] = circles;
                    if member == node {
                        break;
                    }
                }
                circles += 1;
            }
        }
    }
    circle_of
}

#[cfg(test)]
mod tests {
    use super::circles;

    #[test]
    fn nodes_that_refer_to_each_other_are_one_circle() {
        // 0 → 1 ⇄ 2 → 3 (to itself), and 4 alone.
        let circle_of = circles(&[vec![1], vec![2], vec![1, 3], vec![3], vec![]]);
        assert_eq!(circle_of[1], circle_of[2]);
        assert!(circle_of[3] < circle_of[1] && circle_of[1] < circle_of[0]);
        assert!(![0, 1, 3].map(|node| circle_of[node]).contains(&circle_of[4]));
    }

    #[test]
    fn two_circles_through_one_node_are_one() {
        let circle_of = circles(&[vec![1, 2], vec![0], vec![0]]);
        assert_eq!(circle_of, [0, 0, 0]);
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let edges: Vec<_> = (0..200_000).map(|node| vec![(node + 1) % 200_000]).collect();
        assert!(circles(&edges).iter().all(|circle| *circle == 0));
    }
}
